//! The first bytes of a connection on a port that speaks TLS.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::Io;

/// Time for the whole handshake, from the first byte on: as for the head of a request.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The first byte of every TLS connection: a record of the handshake.
const RECORD: u8 = 0x16;
/// Time for a peer that spoke plain HTTP to take its answer.
const GOODBYE: Duration = Duration::from_secs(1);
/// Bytes of its request that are thrown away; more is not waited for.
const GOODBYE_BYTES: usize = 64 * 1024;

/// Said to whoever speaks HTTP in the clear.
const WRONG_SCHEME: &str = "This port speaks TLS: use https:// or wss://.\n";

/// Makes the stream of a connection: as it is without TLS, else after the handshake. `None` if
/// there was none in time; somebody who speaks plain HTTP is told what is wrong.
pub(crate) async fn secure(stream: TcpStream, tls: Option<&TlsAcceptor>) -> Option<Io> {
    let Some(tls) = tls else {
        return Some(Io::Plain(stream));
    };
    timeout(HANDSHAKE, handshake(stream, tls)).await.ok()?
}

async fn handshake(stream: TcpStream, tls: &TlsAcceptor) -> Option<Io> {
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(1) if first == [RECORD] => {}
        Ok(1) if first.is_ascii() => {
            let _ = timeout(GOODBYE, explain(stream)).await;
            return None;
        }
        _ => return None,
    }
    let secured = tls.accept(stream).await.ok()?;
    Some(Io::Tls(Box::new(secured)))
}

/// Answers, and takes what the peer still sends, so that the answer is not lost with a reset.
async fn explain(mut stream: TcpStream) -> std::io::Result<()> {
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{WRONG_SCHEME}",
        WRONG_SCHEME.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    let mut left = GOODBYE_BYTES;
    while left > 0 {
        match stream.read(&mut rest).await? {
            0 => break,
            read => left = left.saturating_sub(read),
        }
    }
    Ok(())
}
