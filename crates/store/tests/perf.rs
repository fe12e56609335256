#![allow(clippy::all, clippy::pedantic, warnings)]
use std::time::Instant;
use tidegate_core::run::*;
use tidegate_core::session::SessionKey;
use tidegate_core::store::*;
use tidegate_core::transcript::*;
use tidegate_store::SqliteStore;
fn once(k: String) -> Once {
    Once {
        principal: "owner".into(),
        method: "send",
        key: k,
        params_hash: "h".into(),
    }
}
fn text(n: u64) -> String {
    let words = [
        "tide", "gate", "harbour", "water", "level", "pump", "sensor", "night", "morning",
        "report", "channel", "message", "answer", "question", "model", "session",
    ];
    let mut x = n.wrapping_mul(0x9E3779B97F4A7C15) | 1;
    let mut s = String::new();
    for _ in 0..60 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        s.push_str(words[(x % 16) as usize]);
        if x % 5 == 0 {
            s.push_str(&(x % 5000).to_string());
        }
        s.push(' ');
    }
    s
}
async fn put(store: &SqliteStore, key: &str, n: u64, t: String) {
    let m = NewMessage::injected(format!("00000000-0000-0000-0000-{n:012}"), t, n, None);
    store
        .deliver(
            once(format!("k{n}")),
            &SessionKey::stored(key),
            format!("id-{key}"),
            m,
        )
        .await
        .unwrap();
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn perf() {
    let dir = tempfile::tempdir_in("/work/main/target/tmp").unwrap();
    let path = dir.path().join("s.db");
    let t = Instant::now();
    let store = SqliteStore::open(&path).unwrap();
    println!("first open {:?}", t.elapsed());
    let t = Instant::now();
    for n in 1..=10_000u64 {
        put(
            &store,
            "agent:main:big",
            n,
            if n == 9000 {
                format!("{} xylophone", text(n))
            } else {
                text(n)
            },
        )
        .await;
    }
    let e = t.elapsed();
    println!(
        "append batch 1: {:?} = {:.0}/s",
        e,
        10_000.0 / e.as_secs_f64()
    );
    let key = SessionKey::stored("agent:main:big");
    for _ in 0..3 {
        let t = Instant::now();
        let p = store
            .history(
                &key,
                HistoryQuery {
                    before: None,
                    limit: 200,
                    max_bytes: 1 << 24,
                },
            )
            .await
            .unwrap();
        println!("history(200) {:?} {}", t.elapsed(), p.messages.len());
    }
    for s in ["xylophone", "xylo", "harbour", "zzz", "wa"] {
        for _ in 0..2 {
            let t = Instant::now();
            let f = store
                .sessions(SessionQuery {
                    limit: 200,
                    search: Some(s.into()),
                    ..Default::default()
                })
                .await
                .unwrap();
            println!("search {s} in one session {:?} {}", t.elapsed(), f.len());
        }
    }
    let t = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    for w in 0..64u64 {
        let store = store.clone();
        set.spawn(async move {
            for i in 0..1500u64 {
                let n = 20_000 + w * 1500 + i;
                put(&store, &format!("agent:main:s{}", n % 9_999), n, text(n)).await;
            }
        });
    }
    set.join_all().await;
    let e = t.elapsed();
    println!(
        "96000 appends by 64 callers into 9999 sessions: {:?} = {:.0}/s",
        e,
        96_000.0 / e.as_secs_f64()
    );
    for (what, q) in [
        (
            "list(200)",
            SessionQuery {
                limit: 200,
                ..Default::default()
            },
        ),
        (
            "list(200) with texts",
            SessionQuery {
                limit: 200,
                with_first_text: true,
                with_last_text: true,
                ..Default::default()
            },
        ),
        (
            "agent",
            SessionQuery {
                limit: 200,
                agent: Some("main".into()),
                ..Default::default()
            },
        ),
        (
            "search xylophone",
            SessionQuery {
                limit: 200,
                search: Some("xylophone".into()),
                ..Default::default()
            },
        ),
        (
            "search harbour (all)",
            SessionQuery {
                limit: 200,
                search: Some("harbour".into()),
                ..Default::default()
            },
        ),
        (
            "search zzz",
            SessionQuery {
                limit: 200,
                search: Some("zzz".into()),
                ..Default::default()
            },
        ),
        (
            "search wa",
            SessionQuery {
                limit: 200,
                search: Some("wa".into()),
                ..Default::default()
            },
        ),
        (
            "search two words pump4",
            SessionQuery {
                limit: 200,
                search: Some("harbour pump4".into()),
                ..Default::default()
            },
        ),
    ] {
        for _ in 0..2 {
            let t = Instant::now();
            let f = store.sessions(q.clone()).await.unwrap();
            println!("{what}: {:?} {}", t.elapsed(), f.len());
        }
    }
    let t = Instant::now();
    store.close().await;
    println!("close {:?}", t.elapsed());
    println!("file {} MB", path.metadata().unwrap().len() >> 20);
    let t = Instant::now();
    let store = SqliteStore::open(&path).unwrap();
    println!("open again {:?}", t.elapsed());
    put(&store, "agent:main:x", 5_000_000, text(1)).await;
    std::fs::copy(&path, dir.path().join("c.db")).unwrap();
    std::fs::copy(dir.path().join("s.db-wal"), dir.path().join("c.db-wal")).unwrap();
    let t = Instant::now();
    let c = SqliteStore::open(&dir.path().join("c.db")).unwrap();
    println!("open after a crash {:?}", t.elapsed());
    let t = Instant::now();
    store.delete_session(&key, true).await.unwrap();
    println!("delete 10000 messages {:?}", t.elapsed());
    c.close().await;
    store.close().await;
}
