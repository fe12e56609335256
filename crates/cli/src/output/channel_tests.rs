//! The views of chat networks, as they look.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its literals so"
)]

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tidegate_protocol::api::delivery::OutboxLot;

use super::*;

const NOW: u64 = 1_795_183_689_000;

fn check(text: &str, wanted: &Expect) {
    wanted.assert_eq(&format!("{text}\n"));
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn account(id: &str, state: &str, more: &Value) -> Value {
    let mut account = json!({
        "accountId": id, "enabled": true, "configured": true, "linked": true, "running": true,
        "connected": state == "live", "reconnectAttempts": 0, "mode": "polling",
        "dmPolicy": "pairing", "allowFrom": [], "state": state, "stateSinceMs": NOW - 60_000,
        "required": false, "open": 0, "dead": 0, "lastEvents": [],
    });
    for (key, value) in more.as_object().unwrap() {
        account[key] = value.clone();
    }
    account
}

fn all(accounts: &[Value]) -> Value {
    let order: &[&str] = if accounts.is_empty() { &[] } else { &["paper"] };
    let accounts = if accounts.is_empty() {
        json!({})
    } else {
        json!({ "paper": accounts })
    };
    json!({
        "ts": NOW, "channelOrder": order, "channelLabels": {}, "channelDetailLabels": {},
        "channelSystemImages": {}, "channelMeta": [], "channels": {},
        "channelAccounts": accounts, "channelDefaultAccountId": {},
    })
}

#[test]
fn accounts_are_a_table_with_the_next_try_and_the_reason() {
    let screen = Screen::of_width(110);
    let accounts = [
        account(
            "default",
            "live",
            &json!({ "lastInboundAt": NOW - 120_000, "lastOutboundAt": NOW - 90_000, "open": 2 }),
        ),
        account(
            "work",
            "backoff",
            &json!({ "nextTryAtMs": NOW + 25_000, "stateReason": "the network\u{1b}[2J is silent", "dead": 3 }),
        ),
        account("spare", "needs-login", &json!({ "required": true })),
    ];
    check(
        &channels(&screen, &read(all(&accounts))),
        &expect![[r#"
        ACCOUNT        STATE                   LAST IN    LAST OUT   WAITING  GIVEN UP  WHY
        paper/default  live                    2 min ago  1 min ago        2         0
        paper/work     backoff, again in 25 s  never      never            0         3  the network[2J is silent
        paper/spare    needs-login, required   never      never            0         0

        3 messages were given up: tidegate outbox
    "#]],
    );
    check(
        &channels(&screen, &read(all(&[]))),
        &expect![[r#"
        No chat network is connected. Connect one: tidegate channels add NETWORK
    "#]],
    );
}

#[test]
fn a_test_says_who_we_are_and_what_to_switch_on() {
    let screen = Screen::of_width(100);
    let good = json!({ "probe": {
        "ok": true, "elapsedMs": 87, "bot": { "id": "7001", "username": "desk_bot" },
        "notes": ["Privacy mode is on: in groups only mentions arrive."],
    }});
    let bad = json!({ "probe": { "ok": false, "elapsedMs": 9, "error": "401: Unauthorized" } });
    let (page, well) = channel_probes(
        &screen,
        &read(all(&[
            account("default", "live", &good),
            account("work", "needs-login", &bad),
            account("spare", "needs-login", &json!({})),
            account("off", "stopped", &json!({ "enabled": false })),
        ])),
    );
    assert!(!well);
    check(
        &page,
        &expect![[r#"
        ✓ paper/default: desk_bot (id 7001) in 87 ms
          ▲ Privacy mode is on: in groups only mentions arrive.
        ✗ paper/work: 401: Unauthorized
        ✗ paper/spare: it is signed out
    "#]],
    );
    let (_, well) = channel_probes(&screen, &read(all(&[account("default", "live", &good)])));
    assert!(well);
    let (_, well) = channel_probes(&screen, &read(all(&[])));
    assert!(!well, "nothing was proved");
}

#[test]
fn people_who_wait_stand_beside_their_codes() {
    let screen = Screen::of_width(110);
    let list = json!({ "ts": NOW, "requests": [{
        "channel": "paper", "accountId": "default", "senderId": "4242", "name": "Ben\nroot",
        "code": "K7QX2M9P", "createdAtMs": NOW - 600_000, "expiresAtMs": NOW + 3_000_000,
    }]});
    check(
        &pairing_requests(&screen, &read(list)),
        &expect![[r#"
        CODE      CHANNEL        PERSON    ID    SINCE       GOOD FOR
        K7QX2M9P  paper/default  Ben root  4242  10 min ago  50 min

        Ask the person for the code, then: tidegate pairing approve paper CODE
    "#]],
    );
    let none = json!({ "ts": NOW, "requests": [] });
    check(
        &pairing_requests(&screen, &read(none)),
        &expect![[r#"
        Nobody waits to be let in.
    "#]],
    );
    let list = json!({ "ts": NOW, "senders": [{
        "channel": "paper", "accountId": "default", "senderId": "4242", "name": "Ben",
        "owner": true, "sinceMs": NOW - 86_400_000,
    }]});
    check(
        &senders(&screen, &read(list)),
        &expect![[r#"
        ID    PERSON  CHANNEL        AS     SINCE
        4242  Ben     paper/default  owner  yesterday
    "#]],
    );
}

fn part(no: u64, state: &str, more: &Value) -> Value {
    let mut part = json!({
        "no": no, "id": format!("r9:{no}"), "part": no - 17, "parts": 2, "channel": "paper",
        "accountId": "default", "to": "-5", "chatType": "group", "threadId": "7", "kind": "text",
        "text": "The wash\nis done.", "state": state, "attempts": 1, "createdAtMs": NOW - 10_000,
        "expiresAtMs": NOW + 1_000_000,
    });
    for (key, value) in more.as_object().unwrap() {
        part[key] = value.clone();
    }
    part
}

#[test]
fn what_was_given_up_is_listed_with_what_to_do() {
    let screen = Screen::of_width(130);
    let dead = json!({ "attempts": 4, "error": "the bot was removed from the group", "createdAtMs": NOW - 7_200_000 });
    let list = json!({ "ts": NOW, "parts": [part(18, "dead", &dead)] });
    check(
        &outbox(&screen, &read(list), OutboxLot::Dead),
        &expect![[r#"
            NO  TO                   MESSAGE                  STATE  TRIES  FROM     WHY
            18  paper/default -5 #7  (2/2) The wash is done.  dead       4  2 h ago  the bot was removed from the group

            tidegate outbox retry NO sends it after all, tidegate outbox drop NO forgets it
        "#]],
    );
    let none = json!({ "ts": NOW, "parts": [] });
    for lot in [OutboxLot::Open, OutboxLot::Dead] {
        assert!(outbox(&screen, &read(none.clone()), lot).starts_with("Nothing"));
    }
}

/// The list of moments without the days, which depend on the zone of the host.
fn without_days(page: &str) -> String {
    let lines = page.lines().map(|line| {
        let time = line.get(2..25).filter(|time| time.starts_with("2026-"));
        match time.and_then(|time| line.split_once(time)) {
            Some((_, rest)) => format!("  (time){rest}"),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_message_is_followed_with_times_and_durations() {
    let screen = Screen::of_width(120);
    let found = json!({ "ts": NOW, "messages": [{
        "inbound": {
            "channel": "paper", "accountId": "default", "from": "-5", "chatType": "group",
            "threadId": "7", "senderId": "4242", "providerId": "e811", "messageId": "811",
            "sentAtMs": NOW - 21_000, "arrivedAtMs": NOW - 20_000, "state": "answered",
            "endedAtMs": NOW - 10_000, "sessionKey": "agent:main:paper:group:-5",
        },
        "run": {
            "runId": "r9", "sessionKey": "agent:main:paper:group:-5", "state": "ended",
            "acceptedAtMs": NOW - 20_000, "startedAtMs": NOW - 19_950, "endedAtMs": NOW - 10_000,
            "status": "ok",
        },
        "parts": [
            part(17, "sent", &json!({ "settledAtMs": NOW - 9_000, "messageId": "812", "attempts": 3,
                "maybeSentSinceMs": NOW - 9_900 })),
            part(18, "prepared", &json!({ "notBeforeMs": NOW + 5_000, "error": "429: slow down" })),
        ],
    }]});
    check(
        &without_days(&trace(&screen, &read(found))),
        &expect![[r#"
            Message 811 in paper/default -5 #7
              (time)                4242 sent it, by the network's clock
              (time)        +1.0 s  stored here as event e811
              (time)         +0 ms  run r9 accepted in agent:main:paper:group:-5
              (time)        +50 ms  the agent began
              (time)        +9.9 s  the run ended, ok
              (time)         +0 ms  part 1 of 2 (17) put into the outbox
              (time)         +0 ms  part 2 of 2 (18) put into the outbox
              (time)         +0 ms  it counts as answered
              (time)       +100 ms  part 1 of 2 (17) tried, and nobody knows whether it arrived: it may be there twice
              (time)       +900 ms  part 1 of 2 (17) taken by the network as 812 after 3 tries
              … part 2 of 2 (18) waits, next try in 5.0 s: 429: slow down
        "#]],
    );
    let found = json!({ "ts": NOW, "messages": [{ "parts": [
        part(17, "dead", &json!({ "parts": 1, "settledAtMs": NOW, "error": "chat not found" })),
    ]}]});
    check(
        &without_days(&trace(&screen, &read(found))),
        &expect![[r#"
            To paper/default -5 #7
              (time)                answer (17) put into the outbox
              (time)         +10 s  answer (17) given up at the first try: chat not found
        "#]],
    );
}
