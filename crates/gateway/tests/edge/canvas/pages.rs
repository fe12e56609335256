//! What a page is served with: files as they are, and everything that ties a page down.

use super::{Scene, base, open, path};
use crate::common::{get, request};

/// T40, T42: a folder named by a hash, and nobody else's.
#[tokio::test]
async fn a_new_canvas_has_a_sample_page_that_belongs_to_the_owner_alone() {
    use std::os::unix::fs::MetadataExt;

    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let folder = std::path::PathBuf::from(opened["folder"].as_str().unwrap());
    assert!(!folder.exists(), "nothing is made before it is looked at");
    let page = scene.at(&opened).await;
    assert!(page.body.contains("This canvas is empty"));
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(folder.parent().unwrap()), 0o700);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("index.html")), 0o600);
    assert_eq!(folder.file_name().unwrap().len(), 32);
    scene.edge.stopped().await;
}

#[tokio::test]
async fn files_have_their_kinds_folders_their_pages_and_head_no_body() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "main").await;
    std::fs::create_dir(folder.join("deep")).unwrap();
    std::fs::create_dir(folder.join("bare")).unwrap();
    for name in [
        "a.css",
        "a.js",
        "a.png",
        "a.svg",
        "a.unknown",
        "deep/index.html",
        ".hidden",
    ] {
        std::fs::write(folder.join(name), "x").unwrap();
    }
    let opened = open(&mut owner, "main", "page").await;
    let addr = scene.edge.canvas_addr;
    for (name, status, kind) in [
        ("a.css", 200, "text/css; charset=utf-8"),
        ("a.js", 200, "text/javascript; charset=utf-8"),
        ("a.png", 200, "image/png"),
        ("a.svg", 200, "image/svg+xml"),
        ("a.unknown", 200, "application/octet-stream"),
        ("deep/", 200, "text/html; charset=utf-8"),
        ("deep/index.html", 200, "text/html; charset=utf-8"),
        ("bare/", 404, "text/plain; charset=utf-8"),
        (".hidden", 404, "text/plain; charset=utf-8"),
        ("none.html", 404, "text/plain; charset=utf-8"),
        ("a.css/x", 404, "text/plain; charset=utf-8"),
    ] {
        let answer = get(addr, &format!("{}{name}", path(&opened)), &[]).await;
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(answer.header("content-type"), Some(kind), "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{name}"
        );
    }
    for bare in ["deep", "deep?x=1"] {
        let answer = get(addr, &format!("{}{bare}", path(&opened)), &[]).await;
        assert_eq!(answer.status, 308);
        let there = format!("{}deep/", path(&opened));
        assert_eq!(answer.header("location"), Some(there.as_str()));
    }
    let root = path(&opened).trim_end_matches('/');
    assert_eq!(
        get(addr, root, &[]).await.header("location"),
        Some(path(&opened))
    );
    let host = addr.to_string();
    let whole = format!("{}a.css", path(&opened));
    let mut raw = crate::common::Raw::dial(addr).await;
    let head = format!("HEAD {whole} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    raw.write(head.as_bytes()).await;
    let rest = String::from_utf8(raw.rest().await).unwrap();
    assert!(rest.starts_with("HTTP/1.1 200 "), "{rest}");
    assert!(
        rest.to_ascii_lowercase().contains("content-length: 1\r\n"),
        "{rest}"
    );
    assert!(rest.ends_with("\r\n\r\n"), "{rest}");
    scene.edge.stopped().await;
}

/// T36, and T35 as to `Referer`: what every answer says to the browser.
#[tokio::test]
async fn every_answer_ties_the_page_down() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let surfaces = open(&mut owner, "main", "a2ui").await;
    let gateway = scene.edge.addr;
    for (addr, framed_by) in [
        (scene.edge.canvas_addr, format!("http://{gateway}")),
        (gateway, "'self'".to_owned()),
    ] {
        for (path, live) in [
            (path(&opened).to_owned(), true),
            (format!("{}/bridge.js", base(&opened)), true),
            (path(&surfaces).to_owned(), false),
            (format!("{}a2ui.js", path(&surfaces)), false),
        ] {
            let answer = get(addr, &path, &[]).await;
            assert_eq!(answer.status, 200, "{path}");
            let policy = answer.header("content-security-policy").unwrap();
            assert!(
                policy.starts_with("sandbox allow-scripts; default-src 'none'; "),
                "{policy}"
            );
            assert!(!policy.contains("allow-same-origin"), "{policy}");
            let ancestors = format!("frame-ancestors {framed_by} https://gate.example");
            assert!(policy.ends_with(&ancestors), "{policy}");
            let socket = format!("connect-src ws://{addr}{}/;", base(&opened));
            assert_eq!(policy.contains(&socket), live, "{policy}");
            assert_eq!(policy.contains("connect-src 'none'"), !live, "{policy}");
            for (name, value) in [
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-store"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "cross-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path} {name}");
            }
            assert!(
                answer
                    .header("permissions-policy")
                    .unwrap()
                    .contains("camera=()")
            );
            for none in ["set-cookie", "access-control-allow-origin", "etag"] {
                assert_eq!(answer.header(none), None, "{none}");
            }
        }
    }
    scene.edge.stopped().await;
}

#[tokio::test]
async fn only_pages_get_the_bridge() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "main").await;
    std::fs::write(folder.join("index.html"), "<!doctype html><title>x</title>").unwrap();
    std::fs::write(folder.join("a.txt"), "<html>").unwrap();
    let opened = open(&mut owner, "main", "page").await;
    let tag = format!(
        "<!doctype html><script src=\"{}/bridge.js\" data-live=\"",
        base(&opened)
    );
    let page = scene.at(&opened).await.body;
    let rest = page.strip_prefix(&tag).unwrap_or_else(|| panic!("{page}"));
    let (stamp, rest) = rest.split_once('"').unwrap();
    assert_eq!((stamp.len(), rest), (16, "></script><title>x</title>"));
    let text = get(scene.edge.addr, &format!("{}a.txt", path(&opened)), &[]).await;
    assert_eq!(text.body, "<html>");
    let surfaces = open(&mut owner, "main", "a2ui").await;
    assert!(!scene.at(&surfaces).await.body.contains("bridge.js"));
    scene.edge.stopped().await;
}

/// T36: nor is it led away.
#[tokio::test]
async fn our_page_may_frame_canvases_and_nothing_else() {
    let scene = Scene::new().await;
    let answer = get(scene.edge.addr, "/", &[]).await;
    let policy = answer.header("content-security-policy").unwrap();
    let frames = format!(
        "frame-src http://{}/__tidegate__/cap/ http://{}/__tidegate__/cap/",
        scene.edge.canvas_addr, scene.edge.addr
    );
    assert!(policy.ends_with(&frames), "{policy}");
    // Through a tunnel only the port by which we are called is known to lead here.
    let tunnel = request(scene.edge.addr, "GET", "/", &[("Host", "localhost:28789")]).await;
    let policy = tunnel.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("frame-src http://localhost:28789/__tidegate__/cap/"),
        "{policy}"
    );
    scene.edge.stopped().await;
}
