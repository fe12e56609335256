//! One HTTP server on a loopback port of the system's choice; it ends with its owner.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::wire::{Line, LineListener};

/// A running server. Dropping it closes the port and cuts every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Server {
    /// Serves the router on 127.0.0.1, port 0. Handlers may take `ConnectInfo<Line>`.
    ///
    /// # Errors
    /// The system has no port for us.
    pub async fn start(router: Router) -> io::Result<Self> {
        Self::start_on(router, 0).await
    }

    /// The same on a port of the caller's choice: for a test that lets a server come back.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start_on(router: Router, port: u16) -> io::Result<Self> {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = tcp.local_addr()?;
        let stop = CancellationToken::new();
        let listener = LineListener::new(tcp, stop.clone());
        let service = router.into_make_service_with_connect_info::<Line>();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // It ends only by being dropped; there is nobody to tell about an error.
            let _ended = axum::serve(listener, service).await;
        });
        Ok(Self {
            address,
            stop,
            tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it and waits until the port is free.
    pub async fn end(mut self) {
        self.stop.cancel();
        self.tasks.shutdown().await;
    }

    /// Cancelled when the server ends: for the tasks that belong to it.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
