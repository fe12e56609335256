//! Host and Origin, checked before anything else (T02, T03), and what HTTP is spoken at all.

use std::time::Duration;

use crate::common::{Answer, Edge, Raw, jump, request, upgrade_headers, upgrade_request};

/// The doors of the port: path, and whether it is knocked at with an upgrade.
const DOORS: [(&str, bool); 6] = [
    ("/", false),
    ("/healthz", false),
    ("/readyz", false),
    ("/metrics", false),
    ("/no/such/page", false),
    ("/", true),
];

async fn knock(edge: &Edge, door: (&str, bool), headers: &[(&str, &str)]) -> Answer {
    let upgrade = if door.1 { &upgrade_headers()[..] } else { &[] };
    request(edge.addr, "GET", door.0, &[headers, upgrade].concat()).await
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_at_every_door() {
    let edge = Edge::start().await;
    let host = edge.addr.to_string();
    let port = edge.addr.port();
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        format!("http://{host}.evil.example"),
        format!("http://{host}@evil.example"),
        format!("http://evil.example/{host}"),
        format!("HTTP://{}", host.to_uppercase()),
        format!("http://localhost:{port}"),
        format!("http://LOCALHOST:{port}"),
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        format!("http://{host}/"),
        format!("ws://{host}"),
        format!("http://{host} "),
        "https://gate.example.evil".to_owned(),
        "https://gate.example:8443".to_owned(),
    ];
    for door in DOORS {
        for origin in &foreign {
            if origin.ends_with(' ') {
                continue; // Blanks around a value are no part of it.
            }
            let answer = knock(&edge, door, &[("Host", &host), ("Origin", origin)]).await;
            assert_eq!(answer.status, 403, "{door:?} from {origin:?}");
            assert!(
                answer.body.contains("gateway.controlUi.allowedOrigins"),
                "{}",
                answer.body
            );
        }
        let twice = [
            ("Host", host.as_str()),
            ("Origin", "https://gate.example"),
            ("Origin", "https://gate.example"),
        ];
        assert_eq!(
            knock(&edge, door, &twice).await.status,
            403,
            "{door:?} with two origins"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn our_own_and_listed_origins_pass() {
    let edge = Edge::start().await;
    let host = edge.addr.to_string();
    let tunnel = "localhost:9999";
    for (host, origin) in [
        (host.as_str(), format!("http://{host}")),
        (&host, format!("https://{host}")),
        (&host, "https://gate.example".to_owned()),
        (tunnel, format!("http://{tunnel}")),
    ] {
        for door in DOORS {
            let answer = knock(&edge, door, &[("Host", host), ("Origin", &origin)]).await;
            let good = match door {
                (_, true) => 101,
                ("/metrics", _) => 401,
                ("/no/such/page", _) => 404,
                _ => 200,
            };
            assert_eq!(answer.status, good, "{door:?} at {host} from {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    edge.stopped().await;
}

#[tokio::test]
async fn an_unknown_host_is_misdirected_at_every_door() {
    let edge = Edge::start().await;
    let port = edge.addr.port();
    let own = edge.addr.to_string();
    let hosts = [
        format!("rebind.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("evil@127.0.0.1:{port}"),
        format!("localhost.:{port}"),
        format!("127.1:{port}"),
        format!("2130706433:{port}"),
        format!("0.0.0.0:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        "gate.example".to_owned(),
        String::new(),
    ];
    for door in DOORS {
        for host in &hosts {
            let origin = format!("http://{host}");
            let answer = knock(&edge, door, &[("Host", host), ("Origin", &origin)]).await;
            assert_eq!(answer.status, 421, "{door:?} as {host:?}");
            assert!(
                answer.body.contains("gateway.publicUrl"),
                "names the key to set: {}",
                answer.body
            );
        }
        let twice = knock(&edge, door, &[("Host", &own), ("Host", &own)]).await;
        assert!(
            matches!(twice.status, 400 | 421),
            "{door:?} with two hosts: {}",
            twice.status
        );
        let without = knock(&edge, door, &[]).await;
        assert!(
            matches!(without.status, 400 | 421),
            "{door:?} without a host: {}",
            without.status
        );
    }
    let marked = knock(&edge, DOORS[0], &[("Host", "<script>alert(1)</script>")]).await;
    assert!(!marked.body.contains("<script"), "{}", marked.body);
    for host in [
        format!("localhost:{port}"),
        "LocalHost".to_owned(),
        format!("[::1]:{port}"),
        "127.0.0.1:1".to_owned(),
    ] {
        assert_eq!(
            knock(&edge, ("/healthz", false), &[("Host", &host)])
                .await
                .status,
            200,
            "{host}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn an_upgrade_must_be_a_whole_one() {
    let edge = Edge::start().await;
    let host = edge.addr.to_string();
    let good = upgrade_headers();
    let without = |name: &str| {
        let kept = good.iter().filter(|(key, _)| *key != name).copied();
        std::iter::once(("Host", host.as_str()))
            .chain(kept)
            .collect::<Vec<_>>()
    };
    let mut old = without("Sec-WebSocket-Version");
    assert_eq!(request(edge.addr, "GET", "/", &old).await.status, 426);
    old.push(("Sec-WebSocket-Version", "8"));
    assert_eq!(request(edge.addr, "GET", "/", &old).await.status, 426);
    assert_eq!(
        request(edge.addr, "GET", "/", &without("Sec-WebSocket-Key"))
            .await
            .status,
        400
    );
    let mut closing = without("Connection");
    closing.push(("Connection", "close"));
    assert_eq!(request(edge.addr, "GET", "/", &closing).await.status, 400);
    let whole = without("");
    assert_eq!(request(edge.addr, "POST", "/", &whole).await.status, 400);
    let offered = [
        &whole[..],
        &[
            ("Sec-WebSocket-Extensions", "permessage-deflate"),
            ("Sec-WebSocket-Protocol", "x"),
        ],
    ]
    .concat();
    let answer = request(edge.addr, "GET", "/any/path?token=x", &offered).await;
    assert_eq!(answer.status, 101);
    assert_eq!(
        answer.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "RFC 6455 1.3"
    );
    assert_eq!(
        answer.header("sec-websocket-extensions"),
        None,
        "never compressed"
    );
    assert_eq!(answer.header("sec-websocket-protocol"), None);
    edge.stopped().await;
}

#[tokio::test]
async fn only_http_1_1_is_spoken() {
    let edge = Edge::start().await;
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let tls = "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}";
    for first in [preface, tls, "hello\r\n\r\n", "GET /healthz\r\n\r\n"] {
        let mut raw = Raw::dial(edge.addr).await;
        raw.write(first.as_bytes()).await;
        let said = String::from_utf8_lossy(&raw.rest().await).into_owned();
        assert!(
            said.is_empty()
                || said.starts_with("HTTP/1.1 400 ")
                || said.starts_with("HTTP/1.1 505 "),
            "{said}"
        );
    }
    let mut raw = Raw::dial(edge.addr).await;
    let old = upgrade_request(edge.addr, "").replacen("HTTP/1.1", "HTTP/1.0", 1);
    raw.write(old.as_bytes()).await;
    assert!(
        raw.http_head().await.unwrap().contains(" 400 "),
        "an upgrade of HTTP/1.0 is none"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_head_that_is_slow_or_large_ends_the_connection() {
    let edge = Edge::start().await;
    let mut silent = Raw::dial(edge.addr).await;
    let mut slow = Raw::dial(edge.addr).await;
    slow.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        .await;
    jump(Duration::from_millis(9_500)).await;
    slow.write(b"X-More: 1\r\n").await;
    jump(Duration::from_secs(1)).await;
    for raw in [&mut silent, &mut slow] {
        let said = String::from_utf8_lossy(&raw.rest().await).into_owned();
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 408 "),
            "{said}"
        );
    }
    let large = format!("X-Large: {}\r\n", "x".repeat(20 * 1024));
    let many = "X-Many: 1\r\n".repeat(100);
    for more in [large, many] {
        let mut raw = Raw::dial(edge.addr).await;
        raw.write(upgrade_request(edge.addr, &more).as_bytes())
            .await;
        let said = String::from_utf8_lossy(&raw.rest().await).into_owned();
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 431 "),
            "{said}"
        );
    }
    edge.stopped().await;
}
