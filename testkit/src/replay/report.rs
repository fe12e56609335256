//! A recording held against what our gateway did.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::adjust::Known;
use super::capture::{PROVIDER_KEY, TOKEN};
use super::compare::{Compare, Finding, Kind};
use super::frames::{Catalog, Request, Sorted, kind, requests, word};
use super::play::{Played, Session};
use super::recording::{Connection, Recording};
use super::shape::shape;

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Report {
    /// The differences, each once.
    pub findings: Vec<Finding>,
    /// Frames of the recording that were compared.
    pub compared: usize,
    /// Methods and events that we do not have, and how often the recording has them.
    pub unserved: BTreeMap<String, usize>,
    /// Connections that were not played, and why.
    pub skipped: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} frames compared, {} differences",
            self.compared,
            self.findings.len()
        )?;
        for skipped in &self.skipped {
            writeln!(f, "not played: {skipped}")?;
        }
        let unserved: Vec<String> = self
            .unserved
            .iter()
            .map(|(name, times)| format!("{name} {times}"))
            .collect();
        writeln!(
            f,
            "not ours yet, {} names: {}",
            unserved.len(),
            unserved.join(", ")
        )
    }
}

/// Compares what our gateway did with the recording. `all` are all recordings: an event that
/// tells the state may come where it did not come then, and must look as it did anywhere.
pub fn compare(recording: &Recording, session: &Session, all: &[Recording]) -> Report {
    let mut comparison = Comparison {
        known: Known::new(recording),
        catalog: Catalog::new(),
        report: Report::default(),
    };
    for (number, recorded) in recording.connections() {
        if let Some(why) = session.skipped.get(&number) {
            comparison
                .report
                .skipped
                .push(format!("connection {number} ({}): {why}", recorded.label));
            continue;
        }
        let narrowed = session.narrowed.get(&number);
        match session.connections.get(&number) {
            Some(played) if narrowed.is_some() => {
                comparison.report.compared += 1;
                comparison.narrowed(narrowed.map(Vec::as_slice).unwrap_or_default(), played);
            }
            Some(played) => comparison.connection(&recorded, played),
            None => comparison
                .with("connection")
                .found("$", Kind::Missing, number, "-"),
        }
    }
    comparison.states(recording, session, all);
    comparison.secrets(session);
    comparison.report
}

pub(super) struct Comparison {
    known: Known,
    pub(super) catalog: Catalog,
    pub(super) report: Report,
}

impl Comparison {
    pub(super) fn with(&mut self, frame: impl Into<String>) -> Compare<'_> {
        Compare {
            frame: frame.into(),
            findings: &mut self.report.findings,
        }
    }

    fn connection(&mut self, recorded: &Connection<'_>, played: &Played) {
        let asked = requests(recorded.sent.iter().copied());
        let old = Sorted::new(recorded.heard.iter().copied());
        let new = Sorted::new(&played.heard);
        self.opening(recorded, played);
        self.answers(&asked, &old, &new);
        self.runs(&asked, &old, &new);
        self.others(&old, &new);
        self.sequence(played);
        if let Some(then) = recorded.closed {
            let now = played.closed.as_ref();
            let (code, reason) = now.map_or((0, ""), |now| (now.code, now.reason.as_str()));
            let mut compare = self.with("close");
            compare.one("$.code", &then.code.into(), &code.into());
            compare.one("$.reason", &then.reason.as_str().into(), &reason.into());
        }
    }

    /// T14: whoever asks for more than its token has gets no more than its token has.
    fn narrowed(&mut self, token: &[Value], played: &Played) {
        let granted = played
            .heard
            .iter()
            .find_map(|frame| frame.pointer("/payload/auth/scopes"));
        let within = granted
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().all(|scope| token.contains(scope)));
        if !within {
            let granted = granted.cloned().unwrap_or_default();
            self.with("res connect").found(
                "$.payload.auth.scopes",
                Kind::Value,
                Value::from(token),
                granted,
            );
        }
    }

    /// The challenge comes first, and the answer to `connect` right after it.
    fn opening(&mut self, recorded: &Connection<'_>, played: &Played) {
        let names = |frames: &mut dyn Iterator<Item = &Value>| -> Vec<String> {
            frames
                .take(2)
                .map(|frame| kind(frame, "").trim_end().to_owned())
                .collect()
        };
        let old = names(&mut recorded.heard.iter().copied());
        let new = names(&mut played.heard.iter());
        self.with("opening").sequence("$", &old, &new);
    }

    fn answers(&mut self, asked: &[Request<'_>], old: &Sorted<'_>, new: &Sorted<'_>) {
        let admin = new.answers.values().any(|frame| {
            let scopes = frame
                .pointer("/payload/auth/scopes")
                .and_then(Value::as_array);
            scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "operator.admin"))
        });
        for (key, then) in &old.answers {
            let request = asked.iter().find(|request| request.id == key.0);
            let method = request.map_or("(no request)", |request| request.method);
            if let Some(refusal) = self.refusal(method, then, admin) {
                *self.report.unserved.entry(method.to_owned()).or_default() += 1;
                let now = new.answers.get(key).copied().unwrap_or(&Value::Null);
                for (place, must) in [("code", "INVALID_REQUEST"), ("message", &*refusal)] {
                    let said = word(now, &format!("/error/{place}"));
                    if said != must {
                        let mut compare = self.with(format!("err {method}"));
                        compare.found(&format!("$.error.{place}"), Kind::Value, must, said);
                    }
                }
                continue;
            }
            self.report.compared += 1;
            let mut compare = Compare {
                frame: kind(then, method),
                findings: &mut self.report.findings,
            };
            let Some(now) = new.answers.get(key) else {
                compare.found("$", Kind::Missing, then, "-");
                continue;
            };
            if then.get("ok") != now.get("ok") {
                compare.found("$.ok", Kind::Value, then, now);
                continue;
            }
            let (mut then, mut now) = ((*then).clone(), (*now).clone());
            if let Some(request) = request {
                self.known.adjust(request, &mut then, &mut now);
            }
            compare.one("$", &shape(&then), &shape(&now));
        }
        for (key, now) in new
            .answers
            .iter()
            .filter(|(key, _)| !old.answers.contains_key(*key))
        {
            let method = asked
                .iter()
                .find(|request| request.id == key.0)
                .map_or("(no request)", |request| request.method);
            self.with(kind(now, method))
                .found("$", Kind::Extra, "-", now);
        }
    }

    /// What we must say to a method that we do not have (D3), unless it was said then too.
    fn refusal(&self, method: &str, then: &Value, admin: bool) -> Option<String> {
        let known = method.starts_with('(') || self.catalog.methods.contains(method);
        let text = if admin {
            format!("unknown method: {method}")
        } else {
            "missing scope: operator.admin".to_owned()
        };
        (!known && word(then, "/error/message") != text).then_some(text)
    }

    /// D1: no secret leaves the gateway; the January server showed its own.
    fn secrets(&mut self, session: &Session) {
        let frames = session
            .connections
            .values()
            .flat_map(|played| &played.heard);
        for frame in frames
            .map(Value::to_string)
            .filter(|frame| frame.contains(TOKEN) || frame.contains(PROVIDER_KEY))
        {
            self.with("any").found("$", Kind::Value, "no secret", frame);
        }
    }
}
