//! Hearing what other nodes have made old.

use std::{future::poll_fn, time::Duration};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls};

use super::{
    connect::{Door, Tls},
    transaction::CHANNEL,
};
use crate::{
    Invalidation,
    invalidation::{Bus, Notice},
};

/// How long to wait before trying again, at first and at most. Caches expire by themselves in seconds anyway.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Runs until it is aborted. Whenever the line comes back, messages may have been missed: everything is old then.
pub(super) async fn run(door: Door, node: u64, bus: Bus) {
    let (mut pause, longest) = PAUSE;
    let mut is_first = true;
    loop {
        let mut hear = async |client: Client| {
            client.batch_execute(&format!("listen {CHANNEL}")).await?;
            if !is_first {
                bus.send(Invalidation::all());
            }
            is_first = false;
            pause = PAUSE.0;
            // The client must live as long as the connection is wanted.
            std::future::pending::<()>().await;
            drop(client);
            Ok(())
        };
        let outcome = match &door.tls {
            Tls::None => match door.config.connect(NoTls).await {
                Ok((client, connection)) => serve(hear(client), connection, node, &bus).await,
                Err(error) => Err(error),
            },
            Tls::Rustls(tls) => match door.config.connect(tls.clone()).await {
                Ok((client, connection)) => serve(hear(client), connection, node, &bus).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "the line for invalidations is down");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

async fn serve<S, T>(
    hear: impl Future<Output = Result<(), tokio_postgres::Error>>,
    mut connection: Connection<S, T>,
    node: u64,
    bus: &Bus,
) -> Result<(), tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let messages = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message? {
                publish(notification.payload(), node, bus);
            }
        }
        Ok(())
    };
    tokio::select! {
        outcome = hear => outcome,
        outcome = messages => outcome,
    }
}

fn publish(payload: &str, node: u64, bus: &Bus) {
    match serde_json::from_str::<Notice>(payload) {
        // This node told itself when it committed.
        Ok(notice) if notice.node == node => {}
        Ok(notice) => bus.send(notice.into()),
        Err(error) => {
            tracing::warn!(%error, "an unreadable invalidation: emptying the caches");
            bus.send(Invalidation::all());
        }
    }
}
