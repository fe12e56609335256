//! A recording held against what our gateway did.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::adjust::Known;
use super::compare::{Compare, Finding, Kind};
use super::frames::{Catalog, Request, Sorted, Step, kind, requests, step, word};
use super::play::{Played, Session, TOKEN};
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
        writeln!(f, "{} frames compared, {} differences", self.compared, self.findings.len())?;
        for skipped in &self.skipped {
            writeln!(f, "not played: {skipped}")?;
        }
        let unserved: Vec<String> = self.unserved.iter().map(|(name, times)| format!("{name} {times}")).collect();
        writeln!(f, "not ours yet, {} names: {}", unserved.len(), unserved.join(", "))
    }
}

/// Compares what our gateway did with the recording. `all` are all recordings: an event that
/// tells the state may come where it did not come then, and must look as it did anywhere.
pub fn compare(recording: &Recording, session: &Session, all: &[Recording]) -> Report {
    let mut comparison =
        Comparison { known: Known::new(recording), catalog: Catalog::new(), report: Report::default() };
    for (number, recorded) in recording.connections() {
        if let Some(why) = session.skipped.get(&number) {
            comparison.report.skipped.push(format!("connection {number} ({}): {why}", recorded.label));
            continue;
        }
        let narrowed = session.narrowed.get(&number);
        match session.connections.get(&number) {
            Some(played) if narrowed.is_some() => {
                comparison.report.compared += 1;
                comparison.narrowed(narrowed.map(Vec::as_slice).unwrap_or_default(), played);
            }
            Some(played) => comparison.connection(&recorded, played),
            None => comparison.with("connection").found("$", Kind::Missing, number, "-"),
        }
    }
    comparison.states(recording, session, all);
    comparison.secrets(session);
    comparison.report
}

struct Comparison {
    known: Known,
    catalog: Catalog,
    report: Report,
}

impl Comparison {
    fn with(&mut self, frame: impl Into<String>) -> Compare<'_> {
        Compare { frame: frame.into(), findings: &mut self.report.findings }
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
        let granted = played.heard.iter().find_map(|frame| frame.pointer("/payload/auth/scopes"));
        let within = granted.and_then(Value::as_array).is_some_and(|all| all.iter().all(|scope| token.contains(scope)));
        if !within {
            let granted = granted.cloned().unwrap_or_default();
            self.with("res connect").found("$.payload.auth.scopes", Kind::Value, Value::from(token), granted);
        }
    }

    /// The challenge comes first, and the answer to `connect` right after it.
    fn opening(&mut self, recorded: &Connection<'_>, played: &Played) {
        let names = |frames: &mut dyn Iterator<Item = &Value>| -> Vec<String> {
            frames.take(2).map(|frame| kind(frame, "").trim_end().to_owned()).collect()
        };
        let old = names(&mut recorded.heard.iter().copied());
        let new = names(&mut played.heard.iter());
        self.with("opening").sequence("$", &old, &new);
    }

    fn answers(&mut self, asked: &[Request<'_>], old: &Sorted<'_>, new: &Sorted<'_>) {
        let admin = new.answers.values().any(|frame| {
            let scopes = frame.pointer("/payload/auth/scopes").and_then(Value::as_array);
            scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "operator.admin"))
        });
        for (key, then) in &old.answers {
            let request = asked.iter().find(|request| request.id == key.0);
            let method = request.map_or("(no request)", |request| request.method);
            if let Some(refusal) = self.refusal(method, then, admin) {
                *self.report.unserved.entry(method.to_owned()).or_default() += 1;
                let said = new.answers.get(key).map_or("", |now| word(now, "/error/message"));
                if said != refusal {
                    self.with(format!("err {method}")).found("$.error.message", Kind::Value, refusal, said);
                }
                continue;
            }
            self.report.compared += 1;
            let mut compare = Compare { frame: kind(then, method), findings: &mut self.report.findings };
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
        for (key, now) in new.answers.iter().filter(|(key, _)| !old.answers.contains_key(*key)) {
            let method = asked.iter().find(|request| request.id == key.0).map_or("(no request)", |request| request.method);
            self.with(kind(now, method)).found("$", Kind::Extra, "-", now);
        }
    }

    /// What we must say to a method that we do not have (D3), unless it was said then too.
    fn refusal(&self, method: &str, then: &Value, admin: bool) -> Option<String> {
        let known = method.starts_with('(') || self.catalog.methods.contains(method);
        let text = if admin { format!("unknown method: {method}") } else { "missing scope: operator.admin".to_owned() };
        (!known && word(then, "/error/message") != text).then_some(text)
    }

    fn runs(&mut self, asked: &[Request<'_>], old: &Sorted<'_>, new: &Sorted<'_>) {
        for (run, then) in &old.runs {
            let request = asked.iter().find(|request| word(request.params, "/idempotencyKey") == *run);
            if !request.is_some_and(|request| self.catalog.methods.contains(request.method)) {
                let names = then.iter().map(|frame| word(frame, "/event"));
                names.for_each(|name| *self.report.unserved.entry(format!("event {name} of another")).or_default() += 1);
                continue;
            }
            self.report.compared += then.len();
            let now = new.runs.get(run).map(Vec::as_slice).unwrap_or_default();
            let how = then.iter().rev().find(|frame| word(frame, "/event") == "chat");
            let how = how.map_or("", |frame| word(frame, "/payload/state"));
            let (mut old_line, new_line) = (timeline(then), timeline(now));
            let failed = how == "final" && then.iter().all(|frame| frame.pointer("/payload/message").is_none());
            if failed {
                // D1: a failed model call is told as an error, not as an empty final.
                old_line = ["lifecycle/start", "lifecycle/error"].map(|phase| format!("event agent {phase}")).to_vec();
                old_line.push("event chat error".to_owned());
                self.failure(now);
            }
            self.with(format!("run {how}")).sequence("$", &old_line, &new_line);
            for name in old_line.iter().filter(|_| !failed) {
                self.event(name, &of_kind(then, name), &of_kind(now, name));
            }
            if how == "final" && !failed {
                self.words(then, now);
            }
        }
        for (run, now) in new.runs.iter().filter(|(run, _)| !old.runs.contains_key(*run)) {
            self.with("run").found("$", Kind::Extra, "-", format!("{run}: {} frames", now.len()));
        }
    }

    /// A failed run says why, in words, to both kinds of listeners.
    fn failure(&mut self, now: &[&Value]) {
        for (name, place) in [("agent", "/payload/data/error"), ("chat", "/payload/errorMessage")] {
            let said = now.iter().any(|frame| word(frame, "/event") == name && !word(frame, place).is_empty());
            if !said {
                self.with(format!("event {name} error")).found(&format!("$ {place}"), Kind::Missing, "a reason", "-");
            }
        }
    }

    /// Events of one kind of one run.
    fn event(&mut self, name: &str, then: &[&Value], now: &[&Value]) {
        let (then, now): (Vec<Value>, Vec<Value>) = (then.iter().map(|f| streamed(f)).collect(), now.iter().map(|f| streamed(f)).collect());
        match (then.as_slice(), now.as_slice()) {
            ([then], [now]) => self.with(name).one("$", then, now),
            (then, now) if !now.is_empty() => {
                self.with(name).samples("$", &then.iter().collect::<Vec<_>>(), &now.iter().collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    /// The whole text at the end is the recorded one, and the deltas add up to it.
    fn words(&mut self, then: &[&Value], now: &[&Value]) {
        let whole = |frames: &[&Value]| {
            let last = frames.iter().rev().find(|frame| matches!(step(frame), Some((_, Step::Spoke))));
            last.map_or(String::new(), |frame| word(frame, "/payload/data/text").to_owned())
        };
        let added: String = now.iter().map(|frame| word(frame, "/payload/data/delta")).collect();
        let mut compare = self.with("event agent assistant");
        if whole(then) != whole(now) {
            compare.found("$.payload.data.text", Kind::Value, whole(then), whole(now));
        }
        if whole(now) != added {
            compare.found("$.payload.data.delta", Kind::Value, whole(now), added);
        }
    }

    fn others(&mut self, old: &Sorted<'_>, new: &Sorted<'_>) {
        for (name, then) in &old.others {
            if !self.catalog.events.contains(name) {
                *self.report.unserved.entry(format!("event {name}")).or_default() += then.len();
                continue;
            }
            self.report.compared += then.len();
            match new.others.get(name) {
                Some(now) => self.event(&format!("event {name}"), then, now),
                None => self.with(format!("event {name}")).found("$", Kind::Missing, "", "-"),
            }
        }
        for (name, now) in new.others.iter().filter(|(name, _)| !old.others.contains_key(*name)) {
            self.with(format!("event {name}")).found("$", Kind::Extra, "-", now.len());
        }
    }

    /// D1: the frames' `seq` counts per connection, from 1, without a hole.
    fn sequence(&mut self, played: &Played) {
        let numbers: Vec<u64> = played.heard.iter().filter_map(|frame| frame.get("seq")?.as_u64()).collect();
        if !numbers.iter().copied().eq(1..=numbers.len() as u64) {
            self.with("event").found("$.seq", Kind::Value, "1, 2, 3, …", format!("{numbers:?}"));
        }
    }

    /// Events that tell the state: not when and how often, but that they come, and their shape.
    fn states(&mut self, recording: &Recording, session: &Session, all: &[Recording]) {
        let then = Sorted::new(recording.heard());
        let now = Sorted::new(session.connections.values().flat_map(|played| &played.heard));
        let known = Sorted::new(all.iter().flat_map(Recording::heard));
        for (name, then) in &then.states {
            self.report.compared += then.len();
            if !now.states.contains_key(name) {
                self.with(format!("event {name}")).found("$", Kind::Missing, then.len(), 0);
            }
        }
        for (name, now) in &now.states {
            let known = known.states.get(name).map(Vec::as_slice).unwrap_or_default();
            let shapes = |frames: &[&Value]| frames.iter().map(|frame| shape(frame)).collect::<Vec<_>>();
            let (known, now) = (shapes(known), shapes(now));
            self.with(format!("event {name}")).samples("$", &known.iter().collect::<Vec<_>>(), &now.iter().collect::<Vec<_>>());
        }
    }

    /// D1: no secret leaves the gateway; the January server showed its own.
    fn secrets(&mut self, session: &Session) {
        let frames = session.connections.values().flat_map(|played| &played.heard);
        for frame in frames.map(Value::to_string).filter(|frame| frame.contains(TOKEN) || frame.contains(super::PROVIDER_KEY)) {
            self.with("any").found("$", Kind::Value, "no secret", frame);
        }
    }
}

/// The kinds of a run's frames in order; the pieces of a stream count once.
fn timeline(frames: &[&Value]) -> Vec<String> {
    let mut line: Vec<String> = Vec::new();
    for frame in frames {
        let streaming = matches!(step(frame), Some((_, Step::Spoke | Step::SpokeToChat)));
        let name = kind(frame, "");
        if !(streaming && line.contains(&name)) {
            line.push(name);
        }
    }
    line
}

fn of_kind<'f>(frames: &[&'f Value], name: &str) -> Vec<&'f Value> {
    frames.iter().filter(|frame| kind(frame, "") == name).copied().collect()
}

/// The shape of an event; of one piece of a stream without its words.
fn streamed(frame: &Value) -> Value {
    let mut shape = shape(frame);
    if let Some((_, Step::Spoke | Step::SpokeToChat)) = step(frame) {
        for place in ["/payload/data/text", "/payload/data/delta", "/payload/message/content/0/text", "/payload/deltaText"] {
            if let Some(words) = shape.pointer_mut(place).filter(|words| words.is_string()) {
                *words = Value::String("<words>".into());
            }
        }
    }
    shape
}
