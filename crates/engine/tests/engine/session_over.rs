//! A session that is over: its tools are told, so that nothing is at work for it any more.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use tidegate_core::SessionKey;
use tidegate_core::tool::{Tool, ToolCall, ToolOutcome, ToolSpec};

use crate::world::{Plan, World, settle};

/// Remembers which sessions it was told of.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

#[async_trait]
impl Tool for Told {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "told",
            description: "For tests.",
            input_schema: json!({ "type": "object" }),
        }
    }

    async fn call(&self, _call: ToolCall) -> ToolOutcome {
        ToolOutcome::text("done")
    }

    fn session_over(&self, session: &SessionKey) {
        self.0.lock().unwrap().push(session.as_str().to_owned());
    }
}

async fn world() -> (World, Arc<Told>) {
    let told = Arc::new(Told::default());
    let tools: Vec<Arc<dyn Tool>> = vec![told.clone()];
    let plan = Plan {
        tools,
        ..Plan::default()
    };
    (plan.start().await, told)
}

#[tokio::test(start_paused = true)]
async fn tools_are_told_of_a_session_that_is_deleted_or_begun_anew() {
    let (world, told) = world().await;
    let (side, main) = (world.session("side"), world.session("main"));
    world.engine.reset_session(&side).await.unwrap();
    assert_eq!(*told.0.lock().unwrap(), [side.as_str()]);
    world.engine.delete_session(&side, true).await.unwrap();
    assert_eq!(*told.0.lock().unwrap(), [side.as_str(), side.as_str()]);
    // The main one cannot be deleted, so nothing of it ends.
    world.engine.delete_session(&main, true).await.unwrap_err();
    assert_eq!(told.0.lock().unwrap().len(), 2);
    world.say("/new").await;
    settle().await;
    assert_eq!(told.0.lock().unwrap().last().unwrap(), main.as_str());
}
