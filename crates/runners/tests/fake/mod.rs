//! A provider that follows a script and forgives nothing: a request that is not well-formed, or
//! one more or fewer than the script has, fails the test.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What is done with one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A whole response: status, more header lines, body.
    Reply(u16, &'static str, String),
    /// A stream in pieces, ended in order.
    Stream(Vec<String>),
    /// A stream in pieces, then the connection is reset.
    Half(Vec<String>),
    /// A stream in pieces, then silence.
    Hang(Vec<String>),
    /// The same piece without end.
    Endless(String),
    /// The connection is reset without an answer.
    Reset,
    /// Silence without an answer.
    Silence,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST /v1/messages`.
    pub line: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body; null if there is none.
    pub body: Value,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Step>,
    requests: Vec<Request>,
    wrong: Vec<String>,
}

/// The server; ends when dropped.
pub(crate) struct Fake {
    /// `http://127.0.0.1:port`.
    pub url: String,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

impl Fake {
    pub(crate) async fn start(script: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            script: script.into_iter().collect(),
            ..State::default()
        }));
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&state);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(connection(stream, Arc::clone(&shared)));
            }
        });
        Self {
            url,
            state,
            _tasks: tasks,
        }
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The requests; the script must be at its end and nothing may have been wrong.
    pub(crate) fn finish(self) -> Vec<Request> {
        let state = self.state.lock().unwrap();
        assert!(state.wrong.is_empty(), "{:?}", state.wrong);
        assert!(state.script.is_empty(), "not asked for: {:?}", state.script);
        state.requests.clone()
    }
}

async fn connection(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let request = match read(&mut stream).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(wrong) => return state.lock().unwrap().wrong.push(wrong),
        };
        let step = {
            let mut state = state.lock().unwrap();
            state.requests.push(request.clone());
            match state.script.pop_front() {
                Some(step) => step,
                None => {
                    return state
                        .wrong
                        .push(format!("one request too many: {request:?}"));
                }
            }
        };
        // The other side may leave at any time; what it made of that is the test's business.
        if play(&mut stream, step).await.unwrap_or(true) {
            return;
        }
    }
}

/// Reads one request; nothing if the connection was closed before it.
async fn read(stream: &mut BufReader<TcpStream>) -> Result<Option<Request>, String> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) if head.is_empty() => return Ok(None),
            Ok(0) | Err(_) => return Err(format!("half a head: {head:?}")),
            Ok(_) => {}
        }
        let line = line
            .strip_suffix("\r\n")
            .ok_or("a line without CRLF")?
            .to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let (first, rest) = head.split_first().ok_or("no request line")?;
    let line = first
        .strip_suffix(" HTTP/1.1")
        .ok_or(format!("not HTTP/1.1: {first}"))?
        .to_owned();
    let mut headers = BTreeMap::new();
    for header in rest {
        let (name, value) = header
            .split_once(": ")
            .ok_or(format!("odd header: {header}"))?;
        if headers
            .insert(name.to_lowercase(), value.to_owned())
            .is_some()
        {
            return Err(format!("twice: {name}"));
        }
    }
    if !headers.contains_key("host") {
        return Err("no host".to_owned());
    }
    let body = match headers.get("content-length") {
        None if line.starts_with("POST") => return Err("a POST without content-length".to_owned()),
        None => Value::Null,
        Some(length) => {
            if headers.get("content-type").map(String::as_str) != Some("application/json") {
                return Err(format!("not JSON: {headers:?}"));
            }
            let mut body = vec![0; length.parse().map_err(|_| "odd length")?];
            stream
                .read_exact(&mut body)
                .await
                .map_err(|error| error.to_string())?;
            serde_json::from_slice(&body).map_err(|error| error.to_string())?
        }
    };
    Ok(Some(Request {
        line,
        headers,
        body,
    }))
}

/// Plays one step; says whether the connection is over.
async fn play(stream: &mut BufReader<TcpStream>, step: Step) -> std::io::Result<bool> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = |piece: &str| format!("{:x}\r\n{piece}\r\n", piece.len());
    let (pieces, end) = match &step {
        Step::Reply(status, headers, body) => {
            let length = body.len();
            let reply =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
            stream.write_all(reply.as_bytes()).await?;
            return Ok(false);
        }
        Step::Reset => {
            stream.get_ref().set_zero_linger()?;
            return Ok(true);
        }
        Step::Silence => return std::future::pending().await,
        Step::Endless(piece) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(chunk(piece).as_bytes()).await?;
            }
        }
        Step::Stream(pieces) | Step::Half(pieces) | Step::Hang(pieces) => (pieces, &step),
    };
    stream.write_all(head.as_bytes()).await?;
    for piece in pieces {
        stream.write_all(chunk(piece).as_bytes()).await?;
        stream.flush().await?;
    }
    match end {
        Step::Stream(_) => {
            stream.write_all(b"0\r\n\r\n").await?;
            Ok(false)
        }
        Step::Hang(_) => std::future::pending().await,
        _ => {
            // A reset would overtake the pieces: the end of the connection in mid-body is as broken.
            stream.shutdown().await?;
            Ok(true)
        }
    }
}
