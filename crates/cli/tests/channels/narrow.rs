//! A way to a server that breaks in the middle of a request, once.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Passes on everything, but for the first request with a word in it: of this only so many bytes,
/// counted from the word, and then the connection is over.
pub(crate) struct Narrow {
    address: SocketAddr,
    cut: Arc<Cut>,
    _passing: JoinSet<()>,
}

/// Where the request is to be cut, until it was.
type Cut = Mutex<Option<usize>>;

impl Narrow {
    pub(crate) async fn open(to: SocketAddr, word: &'static str, at: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let cut = Arc::new(Mutex::new(Some(at)));
        let waiting = Arc::clone(&cut);
        let mut passing = JoinSet::new();
        passing.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let waiting = Arc::clone(&waiting);
                // Either side may leave at any time.
                connections.spawn(async move { drop(pass(client, to, word, &waiting).await) });
            }
        });
        Ok(Self {
            address,
            cut,
            _passing: passing,
        })
    }

    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether a request was cut.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut.lock().unwrap().is_none()
    }
}

/// Passes one connection on, until an end leaves or it is cut.
async fn pass(client: TcpStream, to: SocketAddr, word: &str, cut: &Cut) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(to).await?.into_split();
    let back = async {
        copy(&mut from_server, &mut to_client).await?;
        Ok(())
    };
    let there = async {
        let (mut room, mut piece) = (None, vec![0; 16 * 1024]);
        loop {
            let count = from_client.read(&mut piece).await?;
            if count == 0 {
                to_server.shutdown().await?;
                std::future::pending::<()>().await;
            }
            let bytes = &piece[..count];
            let begins = bytes
                .windows(word.len())
                .position(|at| at == word.as_bytes());
            if room.is_none()
                && let Some(begins) = begins
            {
                let at = cut.lock().unwrap().take();
                room = at.map(|at| begins + at);
            }
            if give(&mut to_server, bytes, &mut room).await? {
                return Ok(());
            }
        }
    };
    tokio::select! {
        ended = back => ended,
        cut = there => cut,
    }
}

/// Gives as much as there is room for; says whether there is none left.
async fn give(to: &mut OwnedWriteHalf, bytes: &[u8], room: &mut Option<usize>) -> io::Result<bool> {
    let Some(left) = room else {
        to.write_all(bytes).await?;
        return Ok(false);
    };
    let passed = bytes.len().min(*left);
    to.write_all(&bytes[..passed]).await?;
    *left -= passed;
    Ok(*left == 0)
}
