//! The reference of `cargo xtask bench`: what the same bytes cost over plain tokio TCP in the
//! obvious design, a task and a queue for each connection. Frames are those of WebSocket, without
//! handshake and mask; the load generator speaks them as `raw://`.
//!
//! The first frame of a connection is answered; every later one leads to one event to everyone.
//! The argument is the length of an event's text in bytes.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// Frames that may wait for one connection.
const QUEUE_FRAMES: usize = 256;

#[derive(Clone)]
struct Everyone {
    queues: Arc<Mutex<Vec<mpsc::Sender<Bytes>>>>,
    event: Bytes,
}

impl Everyone {
    fn join(&self) -> (mpsc::Sender<Bytes>, mpsc::Receiver<Bytes>) {
        let (sender, receiver) = mpsc::channel(QUEUE_FRAMES);
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender.clone());
        (sender, receiver)
    }

    fn publish(&self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|queue| !queue.is_closed());
        for queue in queues.iter() {
            _ = queue.try_send(self.event.clone());
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> io::Result<()> {
    let bytes: usize = std::env::args()
        .nth(1)
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(500);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening  ws://{}", listener.local_addr()?);
    let everyone = Everyone {
        queues: Arc::default(),
        event: frame(&event(bytes)),
    };
    let tasks = TaskTracker::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tasks.spawn(connection(stream, everyone.clone()));
    }
}

async fn connection(mut stream: TcpStream, everyone: Everyone) -> io::Result<()> {
    let (own, mut queue) = everyone.join();
    let answer = frame(r#"{"type":"res","ok":true,"payload":{"type":"hello-ok"}}"#);
    let mut known = false;
    let mut inbound = BytesMut::with_capacity(4096);
    loop {
        tokio::select! {
            read = stream.read_buf(&mut inbound) => {
                if read? == 0 {
                    return Ok(());
                }
                while let Some(length) = whole(&inbound) {
                    let _ = inbound.split_to(length);
                    if known {
                        everyone.publish();
                    }
                    known = true;
                    _ = own.try_send(answer.clone());
                }
            }
            Some(bytes) = queue.recv() => stream.write_all(&bytes).await?,
        }
    }
}

/// The length of the first frame, once it is there as a whole.
fn whole(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.get(1)? & 0x7f {
        0x7e => 4 + usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        0x7f => return None,
        short => 2 + usize::from(short),
    };
    (bytes.len() >= length).then_some(length)
}

/// A text frame of a server; at most 64 KiB.
fn frame(text: &str) -> Bytes {
    let mut bytes = vec![0x81];
    if let Ok(short @ ..0x7e) = u8::try_from(text.len()) {
        bytes.push(short);
    } else {
        bytes.push(0x7e);
        bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    }
    bytes.extend(text.as_bytes());
    Bytes::from(bytes)
}

fn event(bytes: usize) -> String {
    let head = r#"{"type":"event","event":"chat","payload":""#;
    let tail = r#""}"#;
    let padding = "x".repeat(bytes.saturating_sub(head.len() + tail.len()));
    format!("{head}{padding}{tail}")
}
