//! Photos: shown to models that look at them, told of to others, and never the end of a
//! conversation.

use std::path::Path;

use serde_json::{Value, json};
use tidegate_core::channel::MediaKind;
use tidegate_core::runner::{ModelInfo, Turn};
use tidegate_core::transcript::{FilePart, Part};
use tidegate_runners::Api;

use crate::bench::{BOTH, answer, clock};
use crate::common::{run, runner, turn};
use crate::fake::{Fake, Step};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";
const PNG_BASE64: &str = "iVBORw0KGgowMDAw";

fn asked(path: &Path) -> Turn {
    let mut turn = turn("What is this?");
    turn.history[0].body.parts.push(Part::File(FilePart {
        kind: MediaKind::Photo,
        name: None,
        mime: "image/png".into(),
        bytes: PNG.len() as u64,
        path: path.to_owned(),
    }));
    turn
}

fn model(input: &[&str]) -> ModelInfo {
    ModelInfo {
        id: "model-1".into(),
        name: "M".into(),
        context_window: None,
        reasoning: None,
        input: input.iter().map(|kind| (*kind).to_owned()).collect(),
    }
}

/// The last message of each request for this turn, and what was heard.
async fn ask(api: Api, models: Vec<ModelInfo>, script: Vec<Step>, turn: Turn) -> Vec<Value> {
    let fake = Fake::start(script).await;
    let said = run(&runner(api, &fake.url, &clock(), models), turn).await;
    assert_eq!(said.text(), "Hello, Wörld 🌊!");
    let requests = fake.finish();
    requests
        .iter()
        .map(|request| request.body["messages"][0]["content"].clone())
        .collect()
}

fn refused(status: u16, message: &str) -> Step {
    let body = json!({ "error": { "message": message } });
    Step::Reply(
        status,
        "content-type: application/json\r\n",
        body.to_string(),
    )
}

#[tokio::test]
async fn only_models_that_are_configured_for_images_see_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("photo.png");
    std::fs::write(&path, PNG).unwrap();
    let told = format!(
        "What is this?\n\n[photo: image/png, 12 bytes, in the file {}]",
        path.display()
    );
    for api in BOTH {
        for models in [vec![], vec![model(&["text"])]] {
            let script = vec![Step::Stream(answer(api))];
            assert_eq!(ask(api, models, script, asked(&path)).await, [json!(told)]);
        }
        let script = vec![Step::Stream(answer(api))];
        let seen = ask(api, vec![model(&["text", "image"])], script, asked(&path)).await;
        assert!(seen[0].to_string().contains(PNG_BASE64), "{seen:?}");
        assert!(!seen[0].to_string().contains("photo.png"), "{seen:?}");
    }
}

#[tokio::test]
async fn a_photo_that_the_provider_does_not_like_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("photo.png");
    std::fs::write(&path, PNG).unwrap();
    for api in BOTH {
        for (status, message) in [
            (400, "Could not process image"),
            (404, "No endpoints found that support image input"),
            (413, "request too large"),
        ] {
            let script = vec![refused(status, message), Step::Stream(answer(api))];
            let seen = ask(api, vec![model(&["image"])], script, asked(&path)).await;
            assert!(seen[0].is_array(), "{seen:?}");
            let told = seen[1].as_str().unwrap();
            assert!(told.starts_with("What is this?\n\n[photo: "), "{told}");
        }
    }
}
