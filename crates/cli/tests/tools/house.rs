//! A daemon, a model that does as it is told, and the owner's connection.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::{Daemon, MockProvider, RawClient, Reply, in_time};
use tokio::process::Command;

/// The dialects that a model is spoken to in.
pub(crate) const DIALECTS: [&str; 2] = ["openai-completions", "anthropic-messages"];

/// The owner's scopes.
pub(crate) const OWNER: [&str; 4] = [
    "operator.admin",
    "operator.approvals",
    "operator.read",
    "operator.write",
];

pub(crate) struct House {
    pub(crate) daemon: Daemon,
    pub(crate) model: MockProvider,
    pub(crate) owner: RawClient,
}

/// A program as a model asks for it.
pub(crate) fn exec(arguments: Value) -> Reply {
    call("exec", arguments)
}

/// A call of a tool.
pub(crate) fn call(tool: &str, arguments: Value) -> Reply {
    Reply::Calls {
        text: "I look.".to_owned(),
        calls: vec![(tool.to_owned(), arguments)],
    }
}

/// The last words.
pub(crate) fn words(text: &str) -> Reply {
    Reply::Words {
        pieces: vec![text.to_owned()],
        pause: Duration::ZERO,
        usage: (5, 7),
    }
}

impl House {
    /// `script` gets what the user said last, or what the last tool brought.
    pub(crate) async fn open(
        dialect: &str,
        script: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let model = MockProvider::start(script).await.unwrap();
        let provider = json!({
            "api": dialect,
            "baseUrl": model.base_url(),
            "models": [{ "id": "mock-1" }],
        });
        let config = json!({
            "models": { "providers": { "mock": provider } },
            "agents": { "defaults": { "model": { "primary": "mock/mock-1" } } },
        });
        let binary = Path::new(env!("CARGO_BIN_EXE_tidegate"));
        let daemon = Daemon::start(binary, &config, &[]).await.unwrap();
        let owner = Self::connect(&daemon, &OWNER).await;
        Self {
            daemon,
            model,
            owner,
        }
    }

    /// A connection with these scopes that hears of tools.
    pub(crate) async fn connect(daemon: &Daemon, scopes: &[&str]) -> RawClient {
        let token = daemon.token().unwrap();
        let caps = ["tool-events"];
        RawClient::owner_who_can(daemon.port(), &token, scopes, &caps)
            .await
            .unwrap()
    }

    /// Ends the daemon as `kill -9` does, and starts it again on what is left.
    pub(crate) async fn crash(&mut self) {
        self.daemon.restart().await.unwrap();
        self.owner = Self::connect(&self.daemon, &OWNER).await;
    }

    /// Says something in the main session; gives the run.
    pub(crate) async fn say(&mut self, message: &str) -> String {
        let params = json!({ "sessionKey": "main", "message": message, "idempotencyKey": message });
        let answer = self.owner.request("chat.send", params).await.unwrap();
        answer["payload"]["runId"].as_str().unwrap().to_owned()
    }

    /// The next command that waits for a person.
    pub(crate) async fn asked(&mut self) -> Value {
        let event = self.owner.wait_event("exec.approval.requested", |_| true);
        event.await.unwrap()
    }

    /// Decides with the command line.
    pub(crate) async fn decide(&self, word: &str, asked: &Value) {
        let id = asked["id"].as_str().unwrap();
        self.command(&["approvals", word, id]).await;
    }

    /// Runs the command line; what it says.
    pub(crate) async fn command(&self, args: &[&str]) -> String {
        let ran = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .args(args)
            .env_clear()
            .env("TIDEGATE_STATE_DIR", self.daemon.state_dir())
            .env("TIDEGATE_GATEWAY_PORT", self.daemon.port().to_string())
            .stdin(Stdio::null())
            .output();
        let ran = in_time("the command line", ran).await.unwrap().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{told}");
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    }

    /// The next update of a tool of this phase.
    pub(crate) async fn tool(&mut self, phase: &str) -> Value {
        let event = self.owner.wait_event("agent", |event| {
            event["stream"] == "tool" && event["data"]["phase"] == phase
        });
        event.await.unwrap()["data"].clone()
    }

    /// The step of the chat that ends a run.
    pub(crate) async fn ended(&mut self) -> Value {
        let end = |event: &Value| event["state"] != "delta";
        self.owner.wait_event("chat", end).await.unwrap()
    }

    /// Stops whatever runs in the main session.
    pub(crate) async fn stop(&mut self) {
        let params = json!({ "sessionKey": "main" });
        let answer = self.owner.request("chat.abort", params).await.unwrap();
        assert_eq!(answer["payload"]["aborted"], true, "{answer}");
    }

    /// The messages of the main session.
    pub(crate) async fn history(&mut self) -> Vec<Value> {
        let params = json!({ "sessionKey": "main" });
        let answer = self.owner.request("chat.history", params).await.unwrap();
        answer["payload"]["messages"].as_array().unwrap().clone()
    }

    /// Each message of the main session in a word: who, and how it ended.
    pub(crate) async fn outline(&mut self) -> Vec<String> {
        let history = self.history().await;
        let told = history.iter().map(|message| {
            let role = message["role"].as_str().unwrap();
            match role {
                "assistant" => format!("agent {}", message["stopReason"].as_str().unwrap()),
                "toolResult" if message["interrupted"] == true => "result interrupted".to_owned(),
                "toolResult" if message["isError"] == true => "result failed".to_owned(),
                "toolResult" => "result".to_owned(),
                role => role.to_owned(),
            }
        });
        told.collect()
    }

    /// Commands that wait for a person.
    pub(crate) async fn waiting(&mut self) -> usize {
        let list = self.owner.request("exec.approval.list", json!({})).await;
        list.unwrap()["payload"].as_array().unwrap().len()
    }
}

/// The text of a result.
pub(crate) fn text(message: &Value) -> &str {
    message["content"][0]["text"].as_str().unwrap()
}

/// A number that no other process has on its command line.
pub(crate) fn mark() -> String {
    let id = tidegate_core::SystemIds;
    let bytes = tidegate_core::IdGen::uuid(&id);
    let digits: String = bytes.chars().filter(char::is_ascii_digit).collect();
    format!("1000{}", digits.chars().take(9).collect::<String>())
}

/// Whether a process has this on its command line.
pub(crate) fn runs(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap();
    processes.flatten().any(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(mark)
    })
}

/// Waits until no process has it.
pub(crate) async fn gone(mark: &str) {
    let watched = async {
        while runs(mark) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    in_time("the end of a program", watched).await.unwrap();
}
