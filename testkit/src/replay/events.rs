//! Events held against recorded ones: of runs in order, of the state by their shape.

use serde_json::Value;

use super::compare::Kind;
use super::frames::{Request, Sorted, Step, kind, step, word};
use super::play::{Played, Session};
use super::recording::Recording;
use super::report::Comparison;
use super::shape::shape;

impl Comparison {
    pub(super) fn runs(&mut self, asked: &[Request<'_>], old: &Sorted<'_>, new: &Sorted<'_>) {
        for (run, then) in &old.runs {
            let request = asked
                .iter()
                .find(|request| word(request.params, "/idempotencyKey") == *run);
            if !request.is_some_and(|request| self.catalog.methods.contains(request.method)) {
                for name in then.iter().map(|frame| word(frame, "/event")) {
                    let name = format!("event {name} of another");
                    *self.report.unserved.entry(name).or_default() += 1;
                }
                continue;
            }
            self.report.compared += then.len();
            let now = new.runs.get(run).map(Vec::as_slice).unwrap_or_default();
            let how = then
                .iter()
                .rev()
                .find(|frame| word(frame, "/event") == "chat");
            let how = how.map_or("", |frame| word(frame, "/payload/state"));
            let (mut old_line, new_line) = (timeline(then), timeline(now));
            let failed = how == "final"
                && then
                    .iter()
                    .all(|frame| frame.pointer("/payload/message").is_none());
            if failed {
                // D1: a failed model call is told as an error, not as an empty final.
                old_line = ["lifecycle/start", "lifecycle/error"]
                    .map(|phase| format!("event agent {phase}"))
                    .to_vec();
                old_line.push("event chat error".to_owned());
                self.failure(now);
            }
            self.with(format!("run {how}"))
                .sequence("$", &old_line, &new_line);
            for name in old_line.iter().filter(|_| !failed) {
                self.event(name, &of_kind(then, name), &of_kind(now, name));
            }
            if how == "final" && !failed {
                self.words(then, now);
            }
        }
        for (run, now) in new
            .runs
            .iter()
            .filter(|(run, _)| !old.runs.contains_key(*run))
        {
            self.with("run").found(
                "$",
                Kind::Extra,
                "-",
                format!("{run}: {} frames", now.len()),
            );
        }
    }

    /// A failed run says why, in words, to both kinds of listeners.
    fn failure(&mut self, now: &[&Value]) {
        for (name, place) in [
            ("agent", "/payload/data/error"),
            ("chat", "/payload/errorMessage"),
        ] {
            let said = now
                .iter()
                .any(|frame| word(frame, "/event") == name && !word(frame, place).is_empty());
            if !said {
                self.with(format!("event {name} error")).found(
                    &format!("$ {place}"),
                    Kind::Missing,
                    "a reason",
                    "-",
                );
            }
        }
    }

    /// Events of one kind of one run.
    fn event(&mut self, name: &str, then: &[&Value], now: &[&Value]) {
        let (then, now): (Vec<Value>, Vec<Value>) = (
            then.iter().map(|f| streamed(f)).collect(),
            now.iter().map(|f| streamed(f)).collect(),
        );
        match (then.as_slice(), now.as_slice()) {
            ([then], [now]) => self.with(name).one("$", then, now),
            (then, now) if !now.is_empty() => {
                self.with(name).samples(
                    "$",
                    &then.iter().collect::<Vec<_>>(),
                    &now.iter().collect::<Vec<_>>(),
                );
            }
            _ => {}
        }
    }

    /// The whole text at the end is the recorded one, and the deltas add up to it.
    fn words(&mut self, then: &[&Value], now: &[&Value]) {
        let whole = |frames: &[&Value]| {
            let last = frames
                .iter()
                .rev()
                .find(|frame| matches!(step(frame), Some((_, Step::Spoke))));
            last.map_or(String::new(), |frame| {
                word(frame, "/payload/data/text").to_owned()
            })
        };
        let added: String = now
            .iter()
            .map(|frame| word(frame, "/payload/data/delta"))
            .collect();
        let mut compare = self.with("event agent assistant");
        if whole(then) != whole(now) {
            compare.found("$.payload.data.text", Kind::Value, whole(then), whole(now));
        }
        if whole(now) != added {
            compare.found("$.payload.data.delta", Kind::Value, whole(now), added);
        }
    }

    pub(super) fn others(&mut self, old: &Sorted<'_>, new: &Sorted<'_>) {
        for (name, then) in &old.others {
            if !self.catalog.events.contains(name) {
                *self
                    .report
                    .unserved
                    .entry(format!("event {name}"))
                    .or_default() += then.len();
                continue;
            }
            self.report.compared += then.len();
            match new.others.get(name) {
                Some(now) => self.event(&format!("event {name}"), then, now),
                None => self
                    .with(format!("event {name}"))
                    .found("$", Kind::Missing, "", "-"),
            }
        }
        for (name, now) in new
            .others
            .iter()
            .filter(|(name, _)| !old.others.contains_key(*name))
        {
            self.with(format!("event {name}"))
                .found("$", Kind::Extra, "-", now.len());
        }
    }

    /// D1: the frames' `seq` counts per connection, from 1, without a hole.
    pub(super) fn sequence(&mut self, played: &Played) {
        let numbers: Vec<u64> = played
            .heard
            .iter()
            .filter_map(|frame| frame.get("seq")?.as_u64())
            .collect();
        if !numbers.iter().copied().eq(1..=numbers.len() as u64) {
            self.with("event")
                .found("$.seq", Kind::Value, "1, 2, 3, …", format!("{numbers:?}"));
        }
    }

    /// Events that tell the state: not when and how often, but that they come, and their shape.
    pub(super) fn states(&mut self, recording: &Recording, session: &Session, all: &[Recording]) {
        let then = Sorted::new(recording.heard());
        let now = Sorted::new(
            session
                .connections
                .values()
                .flat_map(|played| &played.heard),
        );
        let known = Sorted::new(all.iter().flat_map(Recording::heard));
        for (name, then) in &then.states {
            self.report.compared += then.len();
            if !now.states.contains_key(name) {
                self.with(format!("event {name}"))
                    .found("$", Kind::Missing, then.len(), 0);
            }
        }
        for (name, now) in &now.states {
            let known = known
                .states
                .get(name)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let shapes =
                |frames: &[&Value]| frames.iter().map(|frame| shape(frame)).collect::<Vec<_>>();
            let (known, now) = (shapes(known), shapes(now));
            self.with(format!("event {name}")).samples(
                "$",
                &known.iter().collect::<Vec<_>>(),
                &now.iter().collect::<Vec<_>>(),
            );
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
    frames
        .iter()
        .filter(|frame| kind(frame, "") == name)
        .copied()
        .collect()
}

/// The shape of an event; of one piece of a stream without its words.
fn streamed(frame: &Value) -> Value {
    let mut shape = shape(frame);
    if let Some((_, Step::Spoke | Step::SpokeToChat)) = step(frame) {
        for place in [
            "/payload/data/text",
            "/payload/data/delta",
            "/payload/message/content/0/text",
            "/payload/deltaText",
        ] {
            if let Some(words) = shape.pointer_mut(place).filter(|words| words.is_string()) {
                *words = Value::String("<words>".into());
            }
        }
    }
    shape
}
