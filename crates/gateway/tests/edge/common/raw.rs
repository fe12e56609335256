//! A client that writes its own bytes, rules or not.

use std::io::ErrorKind;
use std::net::SocketAddr;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{in_time, settle};

/// First bytes of whole frames.
pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
const CLOSE: u8 = 0x88;

/// A masked frame with this first byte (the mask is zero, so that the payload can be read).
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head(first, payload.len() as u64, true);
    bytes.extend(payload);
    bytes
}

/// The header of a frame, whatever follows it.
pub(crate) fn head(first: u8, length: u64, masked: bool) -> Vec<u8> {
    let mask: u8 = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => bytes.push(mask + short),
        (_, Ok(middle)) => {
            bytes.push(mask + 126);
            bytes.extend(middle.to_be_bytes());
        }
        _ => {
            bytes.push(mask + 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    if masked {
        bytes.extend([0; 4]);
    }
    bytes
}

pub(crate) struct Raw {
    stream: TcpStream,
    /// Bytes that were read and not used yet.
    have: Vec<u8>,
}

impl Raw {
    pub(crate) async fn dial(addr: SocketAddr) -> Self {
        Self::on(TcpStream::connect(addr).await.unwrap())
    }

    /// A socket whose system takes only little for it.
    pub(crate) async fn narrow(addr: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        Self::on(socket.connect(addr).await.unwrap())
    }

    const fn on(stream: TcpStream) -> Self {
        Self {
            stream,
            have: Vec::new(),
        }
    }

    /// Upgraded, the challenge read.
    pub(crate) async fn upgraded(addr: SocketAddr) -> Self {
        let mut raw = Self::dial(addr).await;
        raw.upgrade(addr).await;
        raw
    }

    pub(crate) async fn upgrade(&mut self, addr: SocketAddr) {
        self.write(upgrade_request(addr, "").as_bytes()).await;
        assert!(self.http_head().await.unwrap().starts_with("HTTP/1.1 101 "));
        assert_eq!(self.json().await["event"], "connect.challenge");
    }

    /// Upgraded and joined with this `connect`.
    pub(crate) async fn joined(addr: SocketAddr, params: &Value) -> Self {
        let mut raw = Self::upgraded(addr).await;
        raw.join(params).await;
        raw
    }

    pub(crate) async fn join(&mut self, params: &Value) {
        self.ask("c", "connect", params).await;
        let hello = self.json().await;
        assert_eq!(hello["ok"], true, "{hello}");
    }

    pub(crate) async fn ask(&mut self, id: &str, method: &str, params: &Value) {
        let request =
            serde_json::json!({ "type": "req", "id": id, "method": method, "params": params });
        self.write(&frame(TEXT, request.to_string().as_bytes()))
            .await;
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        in_time("writing", self.stream.write_all(bytes))
            .await
            .unwrap();
    }

    /// Reads some more. False at the end of the stream.
    async fn more(&mut self) -> bool {
        self.have.reserve(16 * 1024);
        let read = in_time("bytes", self.stream.read_buf(&mut self.have)).await;
        read.is_ok_and(|bytes| bytes > 0)
    }

    /// Everything up to and with the blank line of an HTTP head. `None` at the end of the stream.
    pub(crate) async fn http_head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self
                .have
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                let head: Vec<u8> = self.have.drain(..end + 4).collect();
                return Some(String::from_utf8(head).unwrap());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// So many bytes.
    pub(crate) async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.have.len() < length {
            assert!(self.more().await, "the stream ended early");
        }
        self.have.drain(..length).collect()
    }

    /// Reads up to so many bytes for later. False at the end of the stream.
    pub(crate) async fn gather(&mut self, bytes: usize) -> bool {
        let aim = self.have.len() + bytes;
        while self.have.len() < aim {
            if !self.more().await {
                return false;
            }
        }
        true
    }

    /// Bytes that were read for later.
    pub(crate) const fn gathered(&self) -> usize {
        self.have.len()
    }

    /// Whether the other side has ended the stream by now.
    pub(crate) async fn has_ended(&mut self) -> bool {
        settle().await;
        loop {
            match self.stream.try_read_buf(&mut self.have) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != ErrorKind::WouldBlock,
            }
        }
    }

    /// What is left until the other side ends the stream.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.have)
    }

    /// The next frame: its first byte and its payload. `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((start, length)) = self.frame_length()
                && self.have.len() >= start + length
            {
                let bytes: Vec<u8> = self.have.drain(..start + length).collect();
                return Some((bytes[0], bytes[start..].to_vec()));
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// Every frame that has come by now.
    pub(crate) async fn all_now(&mut self) -> Vec<(u8, Vec<u8>)> {
        settle().await;
        let mut all = Vec::new();
        while let Some(next) = self.next().now_or_never() {
            all.push(next.expect("the stream ended"));
        }
        all
    }

    /// Where the payload of the frame at hand begins and how long it is.
    fn frame_length(&self) -> Option<(usize, usize)> {
        let second = *self.have.get(1)?;
        assert_eq!(second & 0x80, 0, "a server does not mask");
        match second & 0x7f {
            126 => {
                let length = self
                    .have
                    .get(2..4)?
                    .try_into()
                    .map(u16::from_be_bytes)
                    .unwrap();
                Some((4, length.into()))
            }
            127 => {
                let length = self
                    .have
                    .get(2..10)?
                    .try_into()
                    .map(u64::from_be_bytes)
                    .unwrap();
                Some((10, length.try_into().unwrap()))
            }
            short => Some((2, short.into())),
        }
    }

    /// The next text frame.
    pub(crate) async fn json(&mut self) -> Value {
        loop {
            match self.next().await.expect("a frame was expected") {
                (TEXT, payload) => return serde_json::from_slice(&payload).unwrap(),
                (PONG | PING, _) => {}
                (first, payload) => panic!("a text was expected, not {first:#x} {payload:?}"),
            }
        }
    }

    /// The next answer to a request; events before it are forgotten.
    pub(crate) async fn reply(&mut self, id: &str) -> Value {
        loop {
            let frame = self.json().await;
            if frame["type"] == "res" {
                assert_eq!(frame["id"], id, "{frame}");
                return frame;
            }
        }
    }

    /// Reads to the close frame: its code and reason. `None`: the stream ended without one.
    pub(crate) async fn closed(&mut self) -> Option<(u16, String)> {
        loop {
            let (first, payload) = self.next().await?;
            if first == CLOSE {
                let (code, reason) = payload.split_first_chunk::<2>().unwrap_or((&[3, 237], &[]));
                return Some((
                    u16::from_be_bytes(*code),
                    String::from_utf8(reason.to_vec()).unwrap(),
                ));
            }
        }
    }
}

/// A good upgrade request with more header lines.
pub(crate) fn upgrade_request(addr: SocketAddr, more: &str) -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: {addr}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

/// What makes a request an upgrade, beside Host.
pub(crate) const fn upgrade_headers() -> [(&'static str, &'static str); 4] {
    [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
}
