//! A model provider that says what a test wants, in the dialect that it is asked in: OpenAI's chat
//! completions or Anthropic's messages, and nothing else of them.

mod anthropic;
mod openai;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Largest request body that is read, in bytes.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// What the provider answers to one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A stream of these pieces, a pause before each, and the usage at its end.
    Words {
        /// The pieces of the text.
        pieces: Vec<String>,
        /// Time before each piece.
        pause: Duration,
        /// Tokens in and out.
        usage: (u64, u64),
    },
    /// Words, and then calls of tools: the name and the arguments of each.
    Calls {
        /// The words in front of them; may be empty.
        text: String,
        /// The calls.
        calls: Vec<(String, Value)>,
    },
    /// A status instead of an answer.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
}

type Script = dyn Fn(&str) -> Reply + Send + Sync;

/// The provider: `script` gets the last words of the user, or what the last tool brought, and chooses
/// the reply. It ends when this is dropped.
pub struct MockProvider {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Value>>>,
    _tasks: JoinSet<()>,
}

impl fmt::Debug for MockProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockProvider")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl MockProvider {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// There is none.
    pub async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let seen = Arc::clone(&requests);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                // A client that goes away in the middle is what some tests are about.
                connections.spawn(async move { drop(serve(stream, &*script, &seen).await) });
            }
        });
        Ok(Self {
            address,
            requests,
            _tasks: tasks,
        })
    }

    /// The `baseUrl` for the configuration.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The bodies of all requests for an answer so far.
    pub fn requests(&self) -> Vec<Value> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Answers one request and closes.
async fn serve(stream: TcpStream, script: &Script, seen: &Mutex<Vec<Value>>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (line, body) = read(&mut stream).await?;
    let mut stream = stream.into_inner();
    if line.starts_with("GET") {
        let models = json!({ "object": "list", "data": [{ "id": "mock-1", "object": "model" }] });
        return status(&mut stream, 200, &models).await;
    }
    let reply = script(last_words(&body));
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(body);
    let messages = line.contains("/messages");
    let (pieces, pause, usage, calls) = match reply {
        Reply::Status { status: code, body } => return status(&mut stream, code, &body).await,
        Reply::Words {
            pieces,
            pause,
            usage,
        } => (pieces, pause, usage, Vec::new()),
        Reply::Calls { text, calls } => {
            let pieces = Some(text).filter(|text| !text.is_empty());
            (pieces.into_iter().collect(), Duration::ZERO, (1, 1), calls)
        }
    };
    let (before, after) = if messages {
        anthropic::around(&calls, usage)
    } else {
        openai::around(&calls, usage)
    };
    begin(&mut stream).await?;
    for text in before {
        event(&mut stream, &text).await?;
    }
    for piece in pieces {
        tokio::time::sleep(pause).await;
        let delta = if messages {
            anthropic::words(&piece)
        } else {
            openai::words(&piece)
        };
        event(&mut stream, &delta).await?;
    }
    for text in after {
        event(&mut stream, &text).await?;
    }
    stream.write_all(b"0\r\n\r\n").await?;
    stream.shutdown().await
}

/// The request line and the body.
async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<(String, Value)> {
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value
                .trim()
                .parse::<usize>()
                .map_err(io::Error::other)?
                .min(BODY_BYTES);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((first, serde_json::from_slice(&body).unwrap_or_default()))
}

/// The text of the user's last message, or of the last result of a tool.
fn last_words(body: &Value) -> &str {
    let messages = body.get("messages").and_then(Value::as_array);
    let last = messages.and_then(|messages| messages.last());
    let content = last.and_then(|message| message.get("content"));
    content.map_or("", words_in)
}

fn text_of(part: &Value) -> Option<&str> {
    part.get("text")?.as_str()
}

fn words_in(content: &Value) -> &str {
    let Some(parts) = content.as_array() else {
        return content.as_str().unwrap_or_default();
    };
    let last = parts.iter().rev();
    let nested = |part| Value::get(part, "content").map(words_in);
    let mut words = last.filter_map(|part| text_of(part).or_else(|| nested(part)));
    words.next().unwrap_or_default()
}

async fn status(stream: &mut TcpStream, code: u16, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {code} Mock\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// Begins a stream of server-sent events, each in an HTTP chunk.
async fn begin(stream: &mut TcpStream) -> io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await
}

async fn event(stream: &mut TcpStream, data: &str) -> io::Result<()> {
    let text = format!("data: {data}\n\n");
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    stream.write_all(chunk.as_bytes()).await?;
    stream.flush().await
}
