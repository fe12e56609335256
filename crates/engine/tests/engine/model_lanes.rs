//! Random lives of several sessions against what lanes promise: one turn at a time per session,
//! never more than the cap, the order of acceptance, one end for every run, nothing lost, nothing
//! left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use tidegate_core::agents::QueueMode;
use tidegate_core::run::{FailureKind, RunStatus};
use tidegate_core::transcript::Speaker;
use tidegate_engine::EngineError;
use tidegate_protocol::RunId;

use crate::script::{Call, Step, say};
use crate::world::{Plan, World, ask, one_life, settle};

const SESSIONS: usize = 3;
const CAP: usize = 2;
const QUEUED: usize = 4;

#[derive(Debug, Clone)]
enum Op {
    /// A new message; `alone` ones are never merged.
    Ask {
        session: usize,
        alone: bool,
    },
    /// The same request once more.
    Repeat {
        run: usize,
    },
    Command {
        session: usize,
    },
    Say {
        turn: usize,
    },
    End {
        turn: usize,
        how: End,
    },
    AbortRun {
        run: usize,
    },
    AbortSession {
        session: usize,
    },
    /// Everything comes to rest before the next step; without it, steps race.
    Settle,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Well,
    Failed,
    Panicked,
}

fn op() -> impl Strategy<Value = Op> {
    let session = 0..SESSIONS;
    prop_oneof![
        6 => (session.clone(), prop::bool::weighted(0.2)).prop_map(|(session, alone)| Op::Ask { session, alone }),
        1 => any::<usize>().prop_map(|run| Op::Repeat { run }),
        1 => session.clone().prop_map(|session| Op::Command { session }),
        2 => any::<usize>().prop_map(|turn| Op::Say { turn }),
        5 => (any::<usize>(), prop_oneof![4 => Just(End::Well), 1 => Just(End::Failed), 1 => Just(End::Panicked)])
            .prop_map(|(turn, how)| Op::End { turn, how }),
        1 => any::<usize>().prop_map(|run| Op::AbortRun { run }),
        1 => session.prop_map(|session| Op::AbortSession { session }),
        6 => Just(Op::Settle),
    ]
}

/// What the test knows of a run.
#[derive(Debug)]
struct Known {
    id: RunId,
    session: usize,
    alone: bool,
    /// Somebody asked to stop it, or the turn that it is in.
    stopped: bool,
    /// How its turn was told to end.
    how: Option<End>,
    command: bool,
}

struct Life {
    world: World,
    mode: QueueMode,
    runs: Vec<Known>,
    turns: Vec<(Call, Vec<String>)>,
    over: BTreeSet<usize>,
    began: BTreeMap<usize, Vec<String>>,
}

fn name(session: usize) -> String {
    format!("s{session}")
}

impl Life {
    async fn start(mode: QueueMode) -> Self {
        let mut plan = Plan::default();
        plan.limits.queue.mode = mode;
        plan.limits.concurrent = CAP;
        plan.limits.queue.cap = QUEUED;
        let world = plan.start().await;
        Self {
            world,
            mode,
            runs: Vec::new(),
            turns: Vec::new(),
            over: BTreeSet::new(),
            began: BTreeMap::new(),
        }
    }

    async fn ask(&mut self, session: usize, alone: bool, command: bool) {
        let number = self.runs.len();
        let text = if command {
            "/status".to_owned()
        } else {
            format!("message {number}")
        };
        let key = self.world.session(&name(session));
        let mut asked = ask("owner", &format!("run {number}"), &key, &text);
        asked.request.extra_system_prompt = alone.then(|| "you are alone".to_owned());
        let before = self.world.engine.history(&key, no_messages()).await;
        let waiting = before.unwrap().queued.len();
        match self.world.engine.ask(asked).await {
            Ok(ticket) => {
                assert!(!ticket.repeat);
                let alone = alone || command;
                self.runs.push(Known {
                    id: ticket.run.id,
                    session,
                    alone,
                    stopped: false,
                    how: None,
                    command,
                });
            }
            Err(EngineError::Busy { .. }) => assert!(waiting >= QUEUED, "refused with room left"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn repeat(&self, run: usize) {
        let known = &self.runs[run];
        let text = if known.command {
            "/status".to_owned()
        } else {
            format!("message {run}")
        };
        let key = self.world.session(&name(known.session));
        match self
            .world
            .engine
            .ask(ask("owner", known.id.as_str(), &key, &text))
            .await
        {
            Ok(ticket) => assert!(
                ticket.repeat && ticket.run.id == known.id,
                "a repeat made another run"
            ),
            Err(error) => panic!("{error}"),
        }
    }

    /// Looks at the turns that began and at who works.
    fn look(&mut self) {
        for call in self.world.begun() {
            let mut fresh = call.asked();
            let session = self.session_of(call.turn.run_id.as_str());
            let began = self.began.entry(session).or_default();
            let lead = call.turn.run_id.to_string();
            // Words that were taken back before anybody read them may stand there too.
            let stopped: BTreeSet<_> = self
                .runs
                .iter()
                .filter(|run| run.stopped)
                .map(|run| run.id.to_string())
                .collect();
            fresh.retain(|id| !began.contains(id) && (!stopped.contains(id) || *id == lead));
            assert_eq!(
                fresh.first(),
                Some(&lead),
                "the first message of a turn leads it"
            );
            if self.mode == QueueMode::Followup {
                assert_eq!(fresh.len(), 1, "followup: one message a turn");
            }
            let lonely = fresh
                .iter()
                .any(|id| self.runs[number_of(&self.runs, id)].alone);
            assert!(
                !lonely || fresh.len() == 1,
                "merged a message that stands alone: {fresh:?}"
            );
            self.began
                .entry(session)
                .or_default()
                .extend(fresh.iter().cloned());
            self.turns.push((call, fresh));
        }
        let (active, _) = self.world.engine.run_load();
        assert!(active <= SESSIONS as u64);
        assert!(
            self.world.at_work.lock().unwrap().most <= CAP,
            "more turns at work than the cap"
        );
    }

    fn session_of(&self, id: &str) -> usize {
        self.runs[number_of(&self.runs, id)].session
    }

    /// A turn that is still open, chosen by a number.
    fn open(&self, pick: usize) -> Option<usize> {
        let open: Vec<_> = (0..self.turns.len())
            .filter(|turn| !self.over.contains(turn))
            .collect();
        (!open.is_empty()).then(|| open[pick % open.len()])
    }

    fn end(&mut self, turn: usize, how: End) {
        self.over.insert(turn);
        let (call, members) = &self.turns[turn];
        call.play([match how {
            End::Well => Step::End,
            End::Failed => Step::Fail(FailureKind::RateLimit, "too many requests"),
            End::Panicked => Step::Panic,
        }]);
        for id in members.clone() {
            let number = number_of(&self.runs, &id);
            self.runs[number].how = Some(how);
        }
    }

    async fn abort(&mut self, session: usize, run: Option<usize>) {
        let key = self.world.session(&name(session));
        let id = run.map(|run| self.runs[run].id.clone());
        let stopped = self
            .world
            .engine
            .abort(&key, id.as_ref())
            .await
            .unwrap()
            .run_ids;
        for id in stopped {
            let number = number_of(&self.runs, id.as_str());
            assert_eq!(
                self.runs[number].session, session,
                "stopped a run of another session"
            );
            self.runs[number].stopped = true;
        }
        settle().await;
        self.look();
    }

    async fn step(&mut self, op: Op) {
        match op {
            Op::Ask { session, alone } => self.ask(session, alone, false).await,
            Op::Command { session } => self.ask(session, false, true).await,
            Op::Repeat { run } if !self.runs.is_empty() => self.repeat(run % self.runs.len()).await,
            Op::Say { turn } => {
                if let Some(turn) = self.open(turn) {
                    self.turns[turn].0.play([say("words ")]);
                }
            }
            Op::End { turn, how } => {
                if let Some(turn) = self.open(turn) {
                    self.end(turn, how);
                }
            }
            Op::AbortRun { run } if !self.runs.is_empty() => {
                // Turns that began unseen would look like runs that never began.
                settle().await;
                self.look();
                let run = run % self.runs.len();
                self.abort(self.runs[run].session, Some(run)).await;
            }
            Op::AbortSession { session } => {
                settle().await;
                self.look();
                self.abort(session, None).await;
            }
            Op::Repeat { .. } | Op::AbortRun { .. } => {}
            Op::Settle => {
                settle().await;
                self.look();
                self.one_turn_a_session();
            }
        }
    }

    /// Turns that were neither ended nor stopped are at work: one a session.
    fn one_turn_a_session(&self) {
        let mut busy = BTreeSet::new();
        for turn in 0..self.turns.len() {
            let lead = &self.turns[turn].1[0];
            let known = &self.runs[number_of(&self.runs, lead)];
            if !self.over.contains(&turn) && !known.stopped {
                assert!(
                    busy.insert(known.session),
                    "two turns of one session at once"
                );
            }
        }
    }

    /// Lets everything end, then looks whether everything did.
    async fn close(mut self) {
        loop {
            settle().await;
            self.look();
            let Some(turn) = self.open(0) else { break };
            self.end(turn, End::Well);
        }
        for run in &self.runs {
            self.ended_once(run).await;
        }
        for session in 0..SESSIONS {
            self.whole(session).await;
        }
        assert_eq!(self.world.engine.run_load(), (0, 0), "a lane stayed");
        let before = tokio::time::Instant::now();
        self.world.engine.drain(Duration::from_mins(1)).await;
        assert!(before.elapsed() < Duration::from_secs(2), "a task stayed");
    }

    async fn ended_once(&self, run: &Known) {
        let stored = self.world.ended(&run.id).await;
        let status = stored.end.as_ref().unwrap().status;
        let ends = self
            .world
            .heard
            .of_run(run.id.as_str())
            .iter()
            .filter(|told| told.ends())
            .count();
        assert_eq!(ends, 1, "{}: every run ends once", run.id);
        assert!(
            !self.world.is_live(&run.id).await,
            "{}: still kept as live",
            run.id
        );
        let expected = match (run.stopped, run.how) {
            // Stopped in the moment in which it ended: either may win.
            (true, Some(_)) => return,
            (true, None) => RunStatus::Aborted,
            (false, Some(End::Failed | End::Panicked)) => RunStatus::Error,
            (false, Some(End::Well) | None) => RunStatus::Ok,
        };
        assert_eq!(status, expected, "{run:?}");
    }

    /// Every accepted message is in the transcript once, in the order of acceptance. What was taken
    /// back before anybody read it is the store's business.
    async fn whole(&self, session: usize) {
        let began = |id: &str| {
            let ids = self.began.get(&session);
            ids.is_some_and(|ids| ids.iter().any(|began| began == id))
        };
        let mut expected = Vec::new();
        for run in self.runs.iter().filter(|run| run.session == session) {
            let status = self.world.ended(&run.id).await.end.as_ref().unwrap().status;
            if status != RunStatus::Aborted || began(run.id.as_str()) {
                expected.push(run.id.to_string());
            }
        }
        let messages = self.world.transcript(&name(session)).await;
        let users = messages
            .into_iter()
            .filter(|message| message.body.speaker == Speaker::User);
        let mut said: Vec<_> = users
            .map(|message| message.body.run_id.unwrap().into_string())
            .collect();
        said.retain(|id| {
            let run = &self.runs[number_of(&self.runs, id)];
            !run.stopped || began(id) || expected.contains(id)
        });
        assert_eq!(
            said, expected,
            "each message once, in the order of acceptance"
        );
    }
}

fn number_of(runs: &[Known], id: &str) -> usize {
    runs.iter().position(|run| run.id.as_str() == id).unwrap()
}

fn no_messages() -> tidegate_core::store::HistoryQuery {
    tidegate_core::store::HistoryQuery {
        before: None,
        limit: 0,
        max_bytes: 0,
    }
}

fn live(mode: QueueMode, ops: Vec<Op>) {
    one_life(async {
        let mut life = Life::start(mode).await;
        for op in ops {
            life.step(op).await;
        }
        life.close().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn collect_keeps_its_promises(ops in prop::collection::vec(op(), 1..60)) {
        live(QueueMode::Collect, ops);
    }

    #[test]
    fn followup_keeps_its_promises(ops in prop::collection::vec(op(), 1..60)) {
        live(QueueMode::Followup, ops);
    }
}
