//! Connections that can be broken from inside a handler: cut at once, cut after so many bytes, or
//! left open and dead. It works below HTTP, so it works for WebSockets as well.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The hand of a handler on the connection that its request came in on. Take it as
/// `ConnectInfo<Line>`. Clones are the same line.
#[derive(Debug, Clone)]
pub struct Line {
    state: Arc<Mutex<State>>,
    cut: CancellationToken,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    peer: Option<SocketAddr>,
    waiting: Vec<Waker>,
}

#[derive(Debug, Clone, Copy)]
enum Mood {
    Well,
    /// Bytes that may still leave.
    Leaving(usize),
    /// Nothing is read, and what is written goes nowhere.
    Silent,
    /// Reads as ever, and what is written goes nowhere.
    Swallowing,
}

impl Line {
    fn new(peer: Option<SocketAddr>, server: &CancellationToken) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                mood: Mood::Well,
                peer,
                waiting: Vec::new(),
            })),
            cut: server.child_token(),
        }
    }

    /// The address of the other end.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.lock().peer
    }

    /// Ends the connection now, without another byte.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    /// Ends the connection after so many more bytes have left.
    pub fn cut_after(&self, bytes: usize) {
        self.turn(Mood::Leaving(bytes));
    }

    /// Leaves the connection open, reads nothing more, and sends nothing more (half-open).
    pub fn go_silent(&self) {
        self.turn(Mood::Silent);
    }

    /// Goes on reading and loses everything that is written.
    pub fn swallow(&self) {
        self.turn(Mood::Swallowing);
    }

    /// True once the line was cut.
    pub fn is_cut(&self) -> bool {
        self.cut.is_cancelled()
    }

    /// Done once the line was cut, or the server has ended.
    pub async fn ended(&self) {
        self.cut.cancelled().await;
    }

    fn turn(&self, mood: Mood) {
        let mut state = self.lock();
        state.mood = mood;
        for waker in state.waiting.drain(..) {
            waker.wake();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener whose connections have a [`Line`]. When its token is cancelled every line is cut.
#[derive(Debug)]
pub struct LineListener {
    tcp: TcpListener,
    stop: CancellationToken,
}

impl LineListener {
    /// Listens with this socket until `stop`.
    pub fn new(tcp: TcpListener, stop: CancellationToken) -> Self {
        Self { tcp, stop }
    }
}

impl Listener for LineListener {
    type Io = LineIo;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (tcp, peer) = Listener::accept(&mut self.tcp).await;
        // Without it small frames wait 40 ms for an acknowledgement: slow, not wrong.
        let _no_delay = tcp.set_nodelay(true);
        let line = Line::new(Some(peer), &self.stop);
        let ended = Box::pin(line.cut.clone().cancelled_owned());
        (LineIo { tcp, line, ended }, peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

impl Connected<IncomingStream<'_, LineListener>> for Line {
    fn connect_info(stream: IncomingStream<'_, LineListener>) -> Self {
        stream.io().line.clone()
    }
}

/// The bytes of one connection, under the eye of its [`Line`].
#[derive(Debug)]
pub struct LineIo {
    tcp: TcpStream,
    line: Line,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl LineIo {
    /// An error once the line was cut; wakes this task when it is.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.ended.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionReset.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// How the line feels; this task is woken when that changes.
    fn mood(&self, cx: &Context<'_>) -> Mood {
        let mut state = self.line.lock();
        if !state.waiting.iter().any(|old| old.will_wake(cx.waker())) {
            state.waiting.push(cx.waker().clone());
        }
        state.mood
    }
}

impl AsyncRead for LineIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(cx)?;
        if matches!(self.mood(cx), Mood::Silent) {
            return Poll::Pending;
        }
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for LineIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        match self.mood(cx) {
            Mood::Well => Pin::new(&mut self.tcp).poll_write(cx, buf),
            Mood::Silent | Mood::Swallowing => Poll::Ready(Ok(buf.len())),
            Mood::Leaving(0) => {
                self.line.cut();
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Mood::Leaving(left) => {
                let piece = buf.get(..left.min(buf.len())).unwrap_or_default();
                let written = Pin::new(&mut self.tcp).poll_write(cx, piece);
                if let Poll::Ready(Ok(count)) = written {
                    self.line.lock().mood = Mood::Leaving(left - count);
                }
                written
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A dead line does not say goodbye either.
        if !self.line.is_cut() && matches!(self.mood(cx), Mood::Silent | Mood::Swallowing) {
            self.check(cx)?;
            return Poll::Pending;
        }
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
