use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const MAX: u64 = 1000;

/// Names of a test: each time a name is asked for it gives its next answer, and then the last one.
#[derive(Default)]
struct Book {
    answers: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Names for Book {
    async fn addresses(&self, host: &str, _: u16) -> std::io::Result<Vec<IpAddr>> {
        let mut asked = self.asked.lock().unwrap();
        let before = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        let answers = self.answers.get(host.trim_end_matches('.'));
        let answers = answers.ok_or(std::io::ErrorKind::NotFound)?;
        Ok(answers[before.min(answers.len() - 1)].clone())
    }
}

fn book(answers: &[(&'static str, &[&[&str]])]) -> Arc<Book> {
    let read = |list: &&[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect();
    let answers = answers
        .iter()
        .map(|(name, lists)| (*name, lists.iter().map(read).collect()));
    Arc::new(Book {
        answers: answers.collect(),
        asked: Mutex::default(),
    })
}

/// As in the daemon, with these names.
fn guarded(names: &Arc<Book>) -> WebFiles {
    WebFiles {
        names: Arc::clone(names) as _,
        allows: is_public,
    }
}

/// A server on loopback, which alone is allowed; and files that know it as `files.example`.
struct Site {
    port: u16,
    files: WebFiles,
    names: Arc<Book>,
    hits: Arc<AtomicUsize>,
    dir: TempDir,
    _serving: JoinSet<()>,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hits);
        let router = axum::Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move { answer(&uri, &headers) }
        });
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let names = book(&[("files.example", &[&["127.0.0.1"], &["10.0.0.1"]])]);
        let files = WebFiles {
            names: Arc::clone(&names) as _,
            allows: |address| address == LOCALHOST,
        };
        Self {
            port,
            files,
            names,
            hits,
            dir: tempfile::tempdir().unwrap(),
            _serving: serving,
        }
    }

    async fn fetch(&self, path: &str) -> Result<Fetched, FileError> {
        let link = format!("http://files.example:{}{path}", self.port);
        self.fetch_link(&link).await
    }

    async fn fetch_link(&self, link: &str) -> Result<Fetched, FileError> {
        let fetched = self
            .files
            .fetch(link, &self.dir.path().join("f"), MAX)
            .await;
        if fetched.is_err() {
            let left = std::fs::read_dir(self.dir.path()).unwrap().count();
            assert_eq!(left, 0, "something is left of {link}");
        }
        fetched
    }
}

/// What the server says: `/to/<where>` leads there, `/<n>` on, and so on.
fn answer(uri: &Uri, headers: &HeaderMap) -> axum::response::Response {
    assert!(headers.get(header::AUTHORIZATION).is_none());
    assert!(headers.get(header::REFERER).is_none());
    let redirect = |to: &str| {
        (
            axum::http::StatusCode::FOUND,
            [(header::LOCATION, to.to_owned())],
        )
    };
    match uri.path() {
        "/a/cat%20one.png" => b"\x89PNG\r\n\x1a\n".into_response(),
        "/3" => redirect("2").into_response(),
        "/2" => redirect("/1").into_response(),
        "/1" => redirect("/a/cat%20one.png").into_response(),
        "/4" => redirect("/3").into_response(),
        "/large" => vec![0; 1001].into_response(),
        "/endless" => {
            let pieces = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0; 64]));
            Body::from_stream(pieces).into_response()
        }
        "/to" => redirect(uri.query().unwrap()).into_response(),
        "/busy" => axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "/nowhere" => axum::http::StatusCode::FOUND.into_response(),
        _ => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}

fn why(fetched: Result<Fetched, FileError>) -> String {
    match fetched {
        Err(FileError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn odd_ways_to_write_this_host_are_refused() {
    let names = book(&[
        ("localhost", &[&["127.0.0.1", "::1"]]),
        ("inside.example", &[&["10.0.0.7"]]),
        ("mixed.example", &[&["1.1.1.1", "192.168.0.1"]]),
        ("mapped.example", &[&["::ffff:169.254.169.254"]]),
    ]);
    let files = guarded(&names);
    let dir = tempfile::tempdir().unwrap();
    for link in [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://%31%32%37.0.0.1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[0:0:0:0:0:ffff:7f00:0001]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[ff02::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1:8080/",
        "http://100.100.100.200/",
        "https://192.168.0.1/",
        "http:127.0.0.1/",
        "http:\\\\127.0.0.1\\x",
        "HTTP://LOCALHOST/",
        "http://localhost./",
        "http://inside.example/",
        "http://mixed.example/",
        "http://mapped.example/",
    ] {
        let fetched = files.fetch(link, &dir.path().join("f"), MAX).await;
        let why = why(fetched);
        assert!(
            why.contains("is not on the public internet"),
            "{link}: {why}"
        );
    }
}

#[tokio::test]
async fn only_plain_links_to_the_web_are_followed() {
    let files = guarded(&book(&[]));
    let dir = tempfile::tempdir().unwrap();
    let long = format!("https://example.com/{}", "a".repeat(LINK_BYTES));
    for link in [
        "https://me:secret@1.1.1.1/",
        "https://me@1.1.1.1/",
        "https://:secret@1.1.1.1/",
        "http://1.1.1.1@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://1.1.1.1/x",
        "gopher://1.1.1.1/",
        "//1.1.1.1/x",
        "/etc/passwd",
        "photo.png",
        "https://",
        "https://[::1",
        "https://exa mple.com/",
        "",
        &long,
    ] {
        let fetched = files.fetch(link, &dir.path().join("f"), MAX).await;
        let why = why(fetched);
        assert!(!why.contains("secret"), "{link}: {why}");
    }
    let unknown = files
        .fetch("https://nowhere.example/", &dir.path().join("f"), MAX)
        .await;
    assert!(
        matches!(unknown, Err(FileError::Unreachable(_))),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn the_address_that_was_looked_at_is_called() {
    let site = Site::open().await;
    let fetched = site.fetch("/a/cat%20one.png?size=1#top").await.unwrap();
    assert_eq!(fetched.name.as_deref(), Some("cat one.png"));
    assert_eq!(fetched.file.bytes, 8);
    assert_eq!(
        std::fs::read(fetched.file.path).unwrap(),
        b"\x89PNG\r\n\x1a\n"
    );
    std::fs::remove_file(site.dir.path().join("f")).unwrap();
    // The next answer for the name leads inside: whoever asked twice would have gone there.
    assert_eq!(*site.names.asked.lock().unwrap(), ["files.example"]);
    let why = why(site.fetch("/a/cat%20one.png").await);
    assert!(why.contains("not on the public internet"), "{why}");
    assert_eq!(site.hits.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn three_redirects_are_followed_and_each_is_looked_at() {
    let site = Site::open().await;
    let on = |path: &str| format!("http://127.0.0.1:{}{path}", site.port);
    let fetched = site.fetch_link(&on("/3")).await.unwrap();
    assert_eq!(fetched.name.as_deref(), Some("3"));
    std::fs::remove_file(fetched.file.path).unwrap();
    let four = why(site.fetch_link(&on("/4")).await);
    assert!(four.contains("more than 3"), "{four}");
    let before = site.hits.load(Ordering::Relaxed);
    let ways = [
        "http://169.254.169.254/latest",
        "http://0x0a000001/",
        "//[::1]/x",
        "https://files.example@10.0.0.1/",
        "file:///etc/passwd",
        "data:text/plain;base64,aGk=",
    ];
    for to in ways {
        let refused = site.fetch_link(&on(&format!("/to?{to}"))).await;
        assert!(
            matches!(refused, Err(FileError::Refused(_))),
            "{to}: {refused:?}"
        );
    }
    assert_eq!(site.hits.load(Ordering::Relaxed), before + ways.len());
    // The name leads inside when it is asked for again.
    let again = format!("/to?http://files.example:{}/1", site.port);
    let refused = why(site.fetch(&again).await);
    assert!(refused.contains("not on the public internet"), "{refused}");
}

#[tokio::test]
async fn what_is_too_large_or_missing_leaves_nothing() {
    let site = Site::open().await;
    let on = |path: &str| format!("http://127.0.0.1:{}{path}", site.port);
    for (path, words) in [
        ("/large", "larger than 1000 bytes"),
        ("/endless", "larger than 1000 bytes"),
        ("/missing", "127.0.0.1 answers 404"),
        ("/nowhere", "leads nowhere"),
    ] {
        let why = why(site.fetch_link(&on(path)).await);
        assert!(why.contains(words), "{path}: {why}");
    }
    let busy = site.fetch_link(&on("/busy")).await;
    assert!(matches!(busy, Err(FileError::Unreachable(_))), "{busy:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_not_waited_for() {
    let silent = TcpListener::bind((LOCALHOST, 0)).await.unwrap();
    let files = WebFiles {
        names: book(&[]),
        allows: |address| address == LOCALHOST,
    };
    let dir = tempfile::tempdir().unwrap();
    let link = format!("http://{}/", silent.local_addr().unwrap());
    let began = tokio::time::Instant::now();
    let fetched = files.fetch(&link, &dir.path().join("f"), MAX).await;
    assert!(
        matches!(fetched, Err(FileError::Unreachable(_))),
        "{fetched:?}"
    );
    assert!(began.elapsed() <= DEADLINE, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_data_link_holds_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let files = WebFiles::default();
    for (number, (link, name)) in [
        (
            "data:image/png;name=cat%20one.png;base64,aGVsbG8=",
            Some("cat one.png"),
        ),
        ("data:;base64,aGVsbG8", None),
        ("DATA:text/html;charset=utf-8;BASE64,aGVsbG8=", None),
        ("data:base64,aGVsbG8=", None),
        ("data:x;filename=../../f;base64,aGVsbG8=", Some("../../f")),
    ]
    .into_iter()
    .enumerate()
    {
        let to = dir.path().join(number.to_string());
        let fetched = files.fetch(link, &to, 5).await.unwrap();
        assert_eq!(fetched.name.as_deref(), name, "{link}");
        assert_eq!(fetched.file.path, to, "the name leads nowhere");
        assert_eq!(std::fs::read(&to).unwrap(), b"hello", "{link}");
    }
}

#[tokio::test]
async fn other_data_links_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let files = WebFiles::default();
    for link in [
        "data:",
        "data:text/plain,hello",
        "data:text/plain;base64",
        "data:text/plain;base64,",
        "data:text/plain;base64,====",
        "data:text/plain;base64,he llo",
        "data:text/plain;base64,aGVsbG8-",
        "data:text/plain;base64,aGVsbG8h",
        "data:text/plain;base64,aGVsbG8hISEhISEhISEhISEhISEhISE",
    ] {
        let fetched = files.fetch(link, &dir.path().join("f"), 5).await;
        assert!(
            matches!(fetched, Err(FileError::Refused(_))),
            "{link}: {fetched:?}"
        );
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
