//! The views, as they look.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its literals so"
)]

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tidegate_client::{Address, Error, ErrorKind, Phase, Refusal};
use tidegate_protocol::ErrorShape;

use super::*;
use crate::exit::Exit;
use crate::target::Target;

const NOW: u64 = 1_795_183_689_000;

fn health_of(problems: &Value) -> Value {
    let sessions = json!({
        "path": "/state/tidegate.db", "count": 12,
        "recent": [{ "key": "agent:main:main", "updatedAt": NOW - 180_000, "age": 180_000 }]
    });
    json!({
        "ok": problems.as_array().unwrap().is_empty(),
        "ts": NOW - 2_000, "durationMs": 1,
        "channels": {
            "paper": { "accountId": "default", "configured": true, "linked": true, "state": "live" },
            "stone": { "accountId": "default", "configured": false, "linked": false, "state": "needs-login" }
        },
        "channelOrder": ["paper", "stone"], "channelLabels": { "paper": "Paper", "stone": "Stone" },
        "heartbeatSeconds": 0, "defaultAgentId": "main", "agents": [], "sessions": sessions,
        "problems": problems,
        "process": {
            "version": "0.1.0", "pid": 4711, "rssBytes": 24_536_678,
            "connections": 3, "runsActive": 1, "runsQueued": 2
        }
    })
}

fn check(text: &str, wanted: &Expect) {
    wanted.assert_eq(&format!("{text}\n"));
}

#[test]
fn health_is_a_small_page() {
    let screen = Screen::of_width(80);
    let well = serde_json::from_value(health_of(&json!([]))).unwrap();
    check(
        &health(&screen, &well, NOW),
        &expect![[r#"
        ● The gateway is well

          Version   0.1.0, process 4711
          Memory    23.3 MiB
          Clients   3
          Runs      1 at work, 2 waiting
          Sessions  12, the newest agent:main:main 3 min ago
          Channels  Paper (live), Stone (not configured)
          Looked    just now, in 1 ms
    "#]],
    );
    let ill = json!(["The model `opus` has no key: set models.providers.anthropic.apiKey."]);
    let ill = serde_json::from_value(health_of(&ill)).unwrap();
    check(
        &health(&screen, &ill, NOW),
        &expect![[r#"
        ▲ The gateway needs attention

          Version   0.1.0, process 4711
          Memory    23.3 MiB
          Clients   3
          Runs      1 at work, 2 waiting
          Sessions  12, the newest agent:main:main 3 min ago
          Channels  Paper (live), Stone (not configured)
          Looked    just now, in 1 ms

        What needs attention
          - The model `opus` has no key: set models.providers.anthropic.apiKey.
    "#]],
    );
}

fn status_session(key: &str, age: u64, used: u64) -> Value {
    json!({
        "agentId": "main", "key": key, "kind": "direct", "sessionId": "s", "updatedAt": NOW - age,
        "age": age, "systemSent": true, "abortedLastRun": false, "totalTokens": used,
        "remainingTokens": 200_000 - used, "percentUsed": used / 2_000, "model": "claude-opus-5",
        "contextTokens": 200_000, "flags": []
    })
}

#[test]
fn status_is_one_page() {
    let hello = serde_json::from_value(json!({
        "type": "hello-ok", "protocol": 4,
        "server": { "version": "0.1.0", "connId": "c", "bootId": "b" },
        "features": { "methods": [], "events": [] },
        "snapshot": {
            "presence": [], "health": {}, "stateVersion": { "presence": 1, "health": 1 },
            "uptimeMs": 7_260_000, "configPath": "/home/me/.tidegate/tidegate.json",
            "stateDir": "/home/me/.tidegate", "authMode": "token",
            "sessionDefaults": {
                "defaultAgentId": "main", "mainKey": "main", "mainSessionKey": "agent:main:main",
                "scope": "per-sender", "modelConfigured": false
            }
        },
        "policy": { "maxPayload": 1, "maxBufferedBytes": 1, "tickIntervalMs": 30_000 }
    }))
    .unwrap();
    let recent = json!([
        status_session("agent:main:main", 180_000, 24_000),
        status_session("agent:main:notes", 90_000_000, 900)
    ]);
    let summary = serde_json::from_value(json!({
        "heartbeat": { "defaultAgentId": "main", "agents": [] },
        "channelSummary": [], "queuedSystemEvents": [], "presenceCount": 2,
        "sessions": {
            "paths": [], "count": 14, "defaults": { "model": "m", "contextTokens": null },
            "recent": recent, "byAgent": []
        }
    }))
    .unwrap();
    let health = serde_json::from_value(health_of(&json!([]))).unwrap();
    let address = Address::loopback(18789);
    let reached = Reached {
        certificate: None,
        address: &address,
        hello: &hello,
        status: &summary,
        health: Some(&health),
    };
    check(
        &status(&Screen::of_width(80), &reached),
        &expect![[r#"
          Gateway  ● running on ws://127.0.0.1:18789, for 2 h 1 min
          Version  0.1.0
          Page     http://127.0.0.1:18789/   tidegate dashboard
          Agent    main, without a model: it answers offline and tells how to connect one
          Config   /home/me/.tidegate/tidegate.json
          State    /home/me/.tidegate
          Clients  3

        SESSION           MODEL                       CONTEXT  CHANGED
        agent:main:main   claude-opus-5  24.0k of 200k (12 %)  3 min ago
        agent:main:notes  claude-opus-5     900 of 200k (0 %)  yesterday

        and 12 more: tidegate sessions
    "#]],
    );
}

#[test]
fn sessions_fit_the_terminal() {
    let row = |key: &str, title: &str, ago: u64, active: bool| {
        json!({
            "key": key, "kind": "direct", "derivedTitle": title, "updatedAt": NOW - ago,
            "sessionId": "s", "systemSent": true, "abortedLastRun": false, "totalTokens": 12_345,
            "modelProvider": "anthropic", "model": "claude-opus-5", "messageCount": 42,
            "activeRun": active
        })
    };
    let of = |rows: Value| {
        let defaults = json!({ "modelProvider": null, "model": null, "contextTokens": null });
        let list =
            json!({ "ts": NOW, "path": "p", "count": 2, "defaults": defaults, "sessions": rows });
        serde_json::from_value(list).unwrap()
    };
    let list = of(json!([
        row(
            "agent:main:main",
            "Plan the garden, and find out which roses like shade",
            5_000,
            true
        ),
        row("agent:main:notes", "Short", 100_000_000, false),
    ]));
    check(
        &sessions(&Screen::of_width(120), &list, None),
        &expect![[r#"
            SESSION           ABOUT                                            MESSAGES  TOKENS  CHANGED    MODEL
            agent:main:main   Plan the garden, and find out which roses like         42   12.3k  at work    anthropic/claude-opus-5
                              shade
            agent:main:notes  Short                                                  42   12.3k  yesterday  anthropic/claude-opus-5
        "#]],
    );
    check(
        &sessions(&Screen::of_width(60), &list, Some("garden")),
        &expect![[r#"
            SESSION           ABOUT                 MESSAGES  CHANGED
            agent:main:main   Plan the garden, and        42  at work
                              find out which roses
                              like shade
            agent:main:notes  Short                       42  yesterday

            2 found
        "#]],
    );
    check(
        &sessions(&Screen::of_width(60), &of(json!([])), Some("garden")),
        &expect![[r#"
            No conversation has “garden” in it.
        "#]],
    );
}

#[test]
fn a_method_is_explained_from_the_catalog() {
    check(
        &method_help(&Screen::of_width(80), "send").unwrap(),
        &expect![[r#"
            send
            Delivers one message to a conversation, outside any agent run.

              Who     operator.write
              Effect  changes something once for each idempotencyKey

            PARAM           TYPE
            to              string          Required. Where to: a peer on the channel, or a
                                            session key for WebChat.
            message         string          Required. What to say.
            idempotencyKey  string          Required. Same key and params: same answer, one
                                            delivery.
            mediaUrl        string          A picture or file to add: an `https` or `http`
                                            address, which the gateway fetches, or a
                                            `data:` address in base64 that holds it
                                            (`data:image/png;name=cat.png;base64,…`). What
                                            it is is told by its first bytes.
            mediaUrls       list of string  Several of them.
            gifPlayback     boolean         Accepted and not used: pictures that move are
                                            sent as what they are.
            channel         string          The network, or `webchat`. Absent means
                                            `webchat` if `to` is a session here.
            accountId       string          Through which account; the network's default
                                            one if absent. WebChat has one.
            threadId        string          In which thread or topic of the conversation.
            sessionKey      string          The session that keeps a copy; the one of the
                                            conversation if absent. WebChat's is `to`.
        "#]],
    );
    check(
        &method_help(&Screen::of_width(80), "status").unwrap(),
        &expect![[r#"
            status
            Sessions, heartbeats and queued system events.

              Who     operator.read
              Effect  reads

            It takes no params.
        "#]],
    );
    assert!(method_help(&Screen::of_width(80), "nothing").is_none());
}

fn target(own: bool) -> Target {
    Target {
        address: Address::loopback(18789),
        chosen: "port: default".to_owned(),
        own,
        auth: tidegate_client::Auth::default(),
        credential: Some("/home/me/.tidegate/gateway.token".to_owned()),
        fallback: None,
        device_in: None,
        expected: crate::trust::Expected::default(),
    }
}

/// One failure of each kind, with what was being done.
fn failures() -> Vec<(Error, &'static str)> {
    let error = |phase, kind| Error { phase, kind };
    let refused = |phase, shape| {
        let refusal = Refusal {
            shape,
            payload: None,
            close: None,
        };
        Error {
            phase,
            kind: ErrorKind::Refused(Box::new(refusal)),
        }
    };
    let invalid = ErrorShape::invalid;
    let dial = ErrorKind::Dial {
        kind: std::io::ErrorKind::ConnectionRefused,
        text: "no".to_owned(),
    };
    let text = "it answered with HTTP status 404 Not Found".to_owned();
    let upgrade = ErrorKind::Upgrade {
        status: Some(404),
        text,
    };
    let pairing = ErrorShape::new(tidegate_protocol::ErrorCode::NotPaired, "pairing required");
    let late = ErrorKind::Deadline(std::time::Duration::from_secs(10));
    let bad = "invalid send params: at root: must have required property 'to'";
    vec![
        (error(Phase::Dial, dial), "connect"),
        (error(Phase::Upgrade, upgrade), "connect"),
        (error(Phase::Hello, late.clone()), "connect"),
        (error(Phase::Call, late), "sessions.list"),
        (
            refused(
                Phase::Hello,
                invalid("unauthorized: gateway token mismatch"),
            ),
            "connect",
        ),
        (refused(Phase::Hello, pairing), "connect"),
        (
            refused(Phase::Call, invalid("unknown method: sesions.list")),
            "sesions.list",
        ),
        (refused(Phase::Call, invalid(bad)), "send"),
        (
            refused(Phase::Call, ErrorShape::busy("draining", 1_500)),
            "send",
        ),
    ]
}

#[test]
fn every_error_says_what_where_and_what_next() {
    let mut lines = Vec::new();
    for (error, doing) in failures() {
        let failure = Failure::of(&error, &target(true), doing);
        assert!(failure.place.is_some());
        let next = failure.next.unwrap_or_default();
        let code = Exit::of(&error) as u8;
        lines.push(format!("{code}: {}\n    {next}\n", failure.what));
    }
    expect![[r#"
        69: the gateway is not running on ws://127.0.0.1:18789
            start it with `tidegate gateway`; for a gateway elsewhere give --url and --token-file
        69: what answers on ws://127.0.0.1:18789 is not a gateway: it answered with HTTP status 404 Not Found
            another program has the port: set gateway.port, or name the gateway with --url
        69: ws://127.0.0.1:18789 gave no answer within 10 s, waiting to be let in
            wait longer with --timeout; the gateway's log is in the state directory
        75: sessions.list: no answer within 10 s
            see what it does with `tidegate logs`, or wait longer with --timeout
        77: the gateway did not let this client in: unauthorized: gateway token mismatch
            check the secret; this one came from /home/me/.tidegate/gateway.token
        77: the gateway did not let this client in: pairing required
            run this command as the gateway's user on its own host
        1: sesions.list: unknown method: sesions.list
            did you mean sessions.list?
        1: send: invalid send params: at root: must have required property 'to'
            what it takes: `tidegate gateway call send --help`
        75: send: draining
            try again in 1.5 s
    "#]].assert_eq(&lines.concat());
}
