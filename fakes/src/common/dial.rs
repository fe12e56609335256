//! One HTTP/1.1 request to a loopback address: how a fake calls a webhook, and how tests of the
//! fakes call them. A connection of its own, closed after the answer.

use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of an answer that are kept at most: a download of 20 MB and its headers.
const MOST_ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// What to ask.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The verb.
    pub method: &'a str,
    /// `http://host:port/path?query`.
    pub url: &'a str,
    /// Headers besides `Host`, `Content-Length` and `Connection`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; may be empty.
    pub body: &'a [u8],
    /// For the whole exchange, in tokio's time.
    pub deadline: Duration,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|(have, value)| (have == name).then_some(&**value))
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum DialError {
    /// The URL is not plain http with a host.
    Url,
    /// The deadline passed.
    Late,
    /// The connection failed.
    Io(io::Error),
    /// It ended before a whole answer, or said what is not HTTP.
    Broken,
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str("the URL is not http://host:port/path"),
            Self::Late => f.write_str("no answer in time"),
            Self::Io(error) => write!(f, "the connection failed: {error}"),
            Self::Broken => f.write_str("the answer is not whole"),
        }
    }
}

impl std::error::Error for DialError {}

/// Asks once and reads the whole answer.
///
/// # Errors
/// See [`DialError`]; an answer with a bad status is an answer.
pub async fn dial(request: &Request<'_>) -> Result<Reply, DialError> {
    tokio::time::timeout(request.deadline, exchange(request))
        .await
        .map_err(|_| DialError::Late)?
}

async fn exchange(request: &Request<'_>) -> Result<Reply, DialError> {
    let rest = request.url.strip_prefix("http://").ok_or(DialError::Url)?;
    let slash = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(slash);
    let path = if path.is_empty() { "/" } else { path };
    let address = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let mut stream = TcpStream::connect(address).await.map_err(DialError::Io)?;
    let mut head = format!(
        "{} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method,
        request.body.len()
    );
    for (name, value) in request.headers {
        for piece in [name, ": ", value, "\r\n"] {
            head.push_str(piece);
        }
    }
    head.push_str("\r\n");
    stream
        .write_all(head.as_bytes())
        .await
        .map_err(DialError::Io)?;
    // A server that refuses early closes while we still write; its answer counts.
    let _refused_early = stream.write_all(request.body).await;
    let mut answer = Vec::new();
    let read = stream
        .take(MOST_ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await;
    match read {
        Err(error) if answer.is_empty() => Err(DialError::Io(error)),
        _ => parse(answer).ok_or(DialError::Broken),
    }
}

fn parse(answer: Vec<u8>) -> Option<Reply> {
    let answer = Bytes::from(answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut reply = Reply {
        status,
        headers,
        body: answer.slice(end + 4..),
    };
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = unchunk(&reply.body)?;
    } else if let Some(length) = reply.header("content-length") {
        let length: usize = length.parse().ok()?;
        if reply.body.len() < length {
            return None;
        }
        reply.body.truncate(length);
    }
    Some(reply)
}

fn unchunk(body: &Bytes) -> Option<Bytes> {
    let mut whole = Vec::new();
    let mut rest: &[u8] = body;
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..line)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole.into());
        }
        whole.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
        rest = rest.get(line + 2 + size + 2..)?;
    }
}
