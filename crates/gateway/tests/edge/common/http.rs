//! Plain HTTP requests.

use std::net::SocketAddr;

use super::Raw;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    async fn read(raw: &mut Raw) -> Self {
        let head = raw.http_head().await.expect("an HTTP answer");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .unwrap();
        let mut answer = Self {
            status,
            head,
            body: String::new(),
        };
        let length = answer
            .header("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        answer.body = String::from_utf8(raw.exactly(length).await).unwrap();
        answer
    }

    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// GETs a path under the right Host.
pub(crate) async fn get(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    let host = addr.to_string();
    let mut all = vec![("Host", host.as_str())];
    all.extend(headers);
    request(addr, "GET", path, &all).await
}

/// Sends a request with exactly these headers and `Connection: close`.
pub(crate) async fn request(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("connection"))
    {
        text.push_str("Connection: close\r\n");
    }
    text.push_str("\r\n");
    let mut raw = Raw::dial(addr).await;
    raw.write(text.as_bytes()).await;
    Answer::read(&mut raw).await
}

/// POSTs a body under the right Host.
pub(crate) async fn post(
    addr: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut text = format!("POST {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    let length = body.len().to_string();
    text.extend(["Content-Length: ", &length, "\r\n\r\n"]);
    let mut raw = Raw::dial(addr).await;
    raw.write(text.as_bytes()).await;
    raw.write(body).await;
    Answer::read(&mut raw).await
}

/// The value of a metric, by its name with its labels.
pub(crate) fn metric(text: &str, name: &str) -> u64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no metric {name} in {text}"))
        .parse()
        .unwrap()
}
