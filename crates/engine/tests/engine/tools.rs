//! Rounds of tools: who has them, what is stored when, and which deadlines hold meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_core::exec::{ContentHash, Directory, Input, Pinned, Place, Subject};
use tidegate_core::run::RunStatus;
use tidegate_core::runner::{
    AgentRunner, ModelInfo, RunOutcome, RunSender, RunUpdate, RunnerError, Turn,
};
use tidegate_core::tool::{
    CALLS_MAX, NodeErrand, Round, RoundLost, Tool, ToolCall, ToolOutcome, ToolSpec,
};
use tidegate_core::transcript::{
    Maker, NewMessage, Part, StopReason, ToolCallPart, ToolResultPart, Usage,
};
use tidegate_store::MemoryStore;
use tokio_util::sync::CancellationToken;

use crate::world::{Plan, World, ask};

/// A model that asks for these calls once, and then says what they brought.
struct Calling {
    calls: Vec<(&'static str, Value)>,
    offered: Mutex<Vec<usize>>,
}

fn maker() -> Maker {
    Maker {
        api: "calling".into(),
        provider: "calling".into(),
        model: "m".into(),
    }
}

fn outcome(text: String, stop: StopReason) -> RunOutcome {
    RunOutcome {
        parts: vec![Part::Text { text }],
        stop,
        usage: Usage::default(),
        maker: maker(),
    }
}

#[async_trait]
impl AgentRunner for Calling {
    fn provider(&self) -> &'static str {
        "calling"
    }

    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        self.offered.lock().unwrap().push(turn.tools.specs().len());
        if turn.tools.specs().is_empty() {
            return Ok(outcome("no tools".into(), StopReason::Stop));
        }
        let words = Part::Text {
            text: "I look.".into(),
        };
        let calls = self.calls.iter().zip(1..).map(|((name, arguments), at)| {
            Part::ToolCall(ToolCallPart {
                id: format!("c{at}"),
                name: (*name).into(),
                arguments: arguments.clone(),
            })
        });
        let parts = std::iter::once(words).chain(calls).collect();
        out.send(RunUpdate::Text("I look.".into())).await.unwrap();
        out.send(RunUpdate::Round).await.unwrap();
        let round = Round {
            parts,
            usage: Usage::default(),
            maker: maker(),
        };
        match turn.tools.carry_out(round, stop).await {
            Ok(messages) => {
                let told = messages.iter().flat_map(NewMessage::tool_results);
                let told: Vec<String> = told.map(ToolResultPart::words).collect();
                let text = told.join("; ");
                out.send(RunUpdate::Text(text.clone())).await.unwrap();
                Ok(outcome(text, StopReason::Stop))
            }
            Err(RoundLost::Stopped) => Ok(outcome(String::new(), StopReason::Aborted)),
            Err(why) => panic!("{why}"),
        }
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError> {
        Ok(Vec::new())
    }
}

/// Does what its arguments say.
struct Bench;

#[async_trait]
impl Tool for Bench {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "bench",
            description: "For tests.",
            input_schema: json!({ "type": "object" }),
        }
    }

    async fn call(&self, call: ToolCall) -> ToolOutcome {
        match call.arguments.get("do").and_then(Value::as_str) {
            Some("work") => {
                let minutes = call.arguments["minutes"].as_u64().unwrap();
                let work = tokio::time::sleep(Duration::from_mins(minutes));
                match call.stop.run_until_cancelled(work).await {
                    Some(()) => ToolOutcome::text("worked"),
                    None => ToolOutcome::error("stopped at work"),
                }
            }
            Some("ask") => match call.doors.allow(subject(), &call.asked_for()).await {
                Ok(cleared) => {
                    assert_eq!(cleared.subject(), &subject());
                    ToolOutcome::text("allowed")
                }
                Err(why) => ToolOutcome::error(why),
            },
            Some("node") => {
                let errand = NodeErrand {
                    node: "box".into(),
                    command: call.arguments["command"].as_str().unwrap().into(),
                    params: call.arguments["params"].clone(),
                    timeout: None,
                    asked_for: call.asked_for(),
                };
                let done = call.doors.on_node(errand).await;
                done.map_or_else(ToolOutcome::error, ToolOutcome::json)
            }
            Some("panic") => panic!("as the test says"),
            _ => ToolOutcome::text("done"),
        }
    }
}

pub(crate) fn subject() -> Subject {
    Subject {
        argv: vec!["date".into()],
        executable: Pinned {
            path: "/usr/bin/date".into(),
            sha256: ContentHash::from_bytes([7; 32]),
        },
        interpreter: None,
        arguments: Vec::new(),
        cwd: Directory {
            path: "/tmp".into(),
            device: 1,
            inode: 2,
        },
        environment: BTreeMap::new(),
        input: Input::None,
        place: Place::Gateway,
        user: 1000,
    }
}

pub(crate) struct Scene {
    pub(crate) world: World,
    model: Arc<Calling>,
}

/// A gateway whose runs last 10 minutes and may be silent for 2.
pub(crate) async fn scene(calls: Vec<(&'static str, Value)>) -> Scene {
    scene_on(calls, Arc::new(MemoryStore::new())).await
}

/// The same with what is in this store.
pub(crate) async fn scene_on(calls: Vec<(&'static str, Value)>, store: Arc<MemoryStore>) -> Scene {
    let model = Arc::new(Calling {
        calls,
        offered: Mutex::default(),
    });
    let plan = Plan {
        runner: Some(Arc::clone(&model) as _),
        tools: vec![Arc::new(Bench)],
        ..Plan::default()
    };
    let world = plan.start_on(store).await;
    Scene { world, model }
}

impl Scene {
    /// How many tools each turn was offered.
    pub(crate) fn offered(&self) -> Vec<usize> {
        self.model.offered.lock().unwrap().clone()
    }

    /// Each message of the main session in a word.
    pub(crate) async fn outline(&self) -> Vec<String> {
        let told = self.world.transcript("main").await;
        let told = told.iter().map(|message| {
            let body = &message.body;
            let result = body.tool_results().next();
            match (result, body.stop) {
                (Some(result), _) if result.interrupted => "interrupted".to_owned(),
                (Some(result), _) => result.words(),
                (None, Some(stop)) => stop.as_str().to_owned(),
                (None, None) => body.text(),
            }
        });
        told.collect()
    }
}

pub(crate) fn bench(doing: &str) -> (&'static str, Value) {
    ("bench", json!({ "do": doing }))
}

pub(crate) fn work(minutes: u64) -> (&'static str, Value) {
    ("bench", json!({ "do": "work", "minutes": minutes }))
}

#[tokio::test(start_paused = true)]
async fn every_call_has_one_result_whatever_it_does() {
    let strange = ("bench", Value::String("{\"half".into()));
    let scene = scene(vec![
        bench("panic"),
        ("teleport", json!({})),
        strange,
        bench("well"),
    ])
    .await;
    let run = scene.world.say("go").await;
    let ended = scene.world.ended(&run).await;
    let outline = scene.outline().await;
    assert_eq!(outline.len(), 7, "{outline:?}");
    assert_eq!(
        (outline[0].as_str(), outline[1].as_str()),
        ("go", "toolUse")
    );
    assert!(outline[2].contains("internal error"), "{outline:?}");
    assert!(outline[3].contains("There are: bench"), "{outline:?}");
    assert!(outline[4].contains("no JSON object"), "{outline:?}");
    assert_eq!(outline[5], "done");
    let end = ended.end.clone().unwrap();
    assert_eq!(end.status, RunStatus::Ok);
    assert!(
        end.text.starts_with("I look.\n\nAn internal"),
        "{}",
        end.text
    );
}

#[tokio::test(start_paused = true)]
async fn a_round_has_only_so_many_calls() {
    let scene = scene((0..=CALLS_MAX).map(|_| bench("well")).collect()).await;
    let run = scene.world.say("go").await;
    scene.world.ended(&run).await;
    let outline = scene.outline().await;
    let done = outline.iter().filter(|line| *line == "done").count();
    assert_eq!(done, CALLS_MAX);
    assert!(outline.iter().any(|line| line.contains("not carried out")));
}

#[tokio::test(start_paused = true)]
async fn a_tool_may_work_longer_than_a_model_may_be_silent() {
    let scene = scene(vec![work(5)]).await;
    let run = scene.world.say("go").await;
    let ended = scene.world.ended(&run).await;
    assert_eq!(ended.end.clone().unwrap().status, RunStatus::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_tool_does_not_work_longer_than_its_run() {
    let scene = scene(vec![work(60), bench("well")]).await;
    let run = scene.world.say("go").await;
    let ended = scene.world.ended(&run).await;
    let end = ended.end.clone().unwrap();
    assert_eq!(end.status, RunStatus::Error);
    let outline = scene.outline().await;
    assert_eq!(outline[2], "stopped at work");
    assert!(outline[3].contains("not carried out"), "{outline:?}");
    assert_eq!(outline[4], "error");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_a_person_is_not_late_by_that() {
    // 9 minutes of work and 2 of waiting: more than the 10 that a run has.
    let scene = scene(vec![work(9), bench("ask")]).await;
    let run = scene.world.say("go").await;
    let ended = scene.world.ended(&run).await;
    let outline = scene.outline().await;
    assert!(
        outline[3].contains("nobody decided about it in time"),
        "{outline:?}"
    );
    assert_eq!(ended.end.clone().unwrap().status, RunStatus::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_turn_has_the_least_right_of_those_who_caused_it() {
    let scene = scene(vec![bench("well")]).await;
    let world = &scene.world;
    let session = world.session("main");
    let mut guest = ask("guest", "k", &session, "hello");
    guest.request.may_administer = false;
    let run = world.engine.ask(guest).await.unwrap().run.id;
    world.ended(&run).await;
    let run = world.say("go").await;
    world.ended(&run).await;
    assert_eq!(*scene.model.offered.lock().unwrap(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn tools_are_given_once() {
    let scene = scene(Vec::new()).await;
    assert!(scene.world.engine.give_tools(Vec::new()).is_err());
}
