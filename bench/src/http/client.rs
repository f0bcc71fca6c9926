//! A client that waits for each answer: for what has to be in place before a measurement.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Result, ensure};

use super::Reply;

/// The longest answer that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Send one request and read its reply.
    pub(crate) fn send<T>(&mut self, request: &[u8], read: impl FnOnce(Reply<'_>) -> Result<T>) -> Result<T> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut chunk = [0; 16 * 1_024];
        loop {
            let count = self.stream.read(&mut chunk)?;
            ensure!(count > 0, "the server closed the connection");
            self.buffer.extend_from_slice(&chunk[..count]);
            if let Some((reply, _)) = Reply::parse(&self.buffer)? {
                return read(reply);
            }
        }
    }
}
