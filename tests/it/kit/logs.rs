//! What the server writes into its logs while a test runs.

use std::{io, sync::Arc};

use parking_lot::Mutex;
use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged on this thread, however unimportant, as long as this lives.
pub(crate) struct LogCapture {
    lines: Lines,
    _guard: DefaultGuard,
    _second: Dispatch,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl LogCapture {
    pub(crate) fn start() -> Self {
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).json().finish();
        let guard = tracing::subscriber::set_default(subscriber);
        // With a single subscriber in the process, a log statement that another thread comes by first, where there is none, is
        // switched off for all threads (`tracing-core` asks that thread's own only). With two it asks both.
        Self { lines, _guard: guard, _second: Dispatch::new(tracing_subscriber::registry()) }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines.0.lock()).into_owned()
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
