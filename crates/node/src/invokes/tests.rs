use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_protocol::api::commands::Done;
use tidegate_protocol::api::commands::NoCommandParams;
use tidegate_protocol::api::commands::canvas::CanvasHide;
use tidegate_protocol::value::Nullable;

use super::*;
use crate::table::Serve;

struct Deaf;

#[async_trait]
impl Tell for Deaf {
    async fn event(&self, _: &str, _: Value) {}

    async fn act(&self, _: Value) -> Result<(), String> {
        Err("deaf".into())
    }

    async fn canvas_address(&self) -> Option<String> {
        None
    }
}

/// A request that nobody stops.
pub(crate) fn call() -> Call {
    Call {
        stop: CancellationToken::new(),
        deadline: Instant::now() + INVOKE_DEFAULT,
        gateway: Arc::new(Deaf),
    }
}

/// Counts how often it was begun, and waits for ever if told so.
struct Counting {
    begun: AtomicUsize,
    forever: bool,
}

#[async_trait]
impl Serve<CanvasHide> for Counting {
    async fn serve(&self, _: NoCommandParams, _: &Call) -> Result<Done, Failure> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        if self.forever {
            std::future::pending::<()>().await;
        }
        Ok(Done { ok: Some(true) })
    }
}

fn invokes(forever: bool) -> (Arc<Counting>, Invokes) {
    let counting = Arc::new(Counting {
        begun: AtomicUsize::new(0),
        forever,
    });
    let mut table = Table::default();
    table.offer::<CanvasHide>(&counting);
    (counting, Invokes::new(table))
}

fn request(id: &str, timeout_ms: Option<u64>) -> NodeInvokeRequest {
    NodeInvokeRequest {
        id: id.into(),
        node_id: "node".into(),
        command: "canvas.hide".into(),
        params_json: Nullable(None),
        timeout_ms,
        idempotency_key: None,
    }
}

async fn ask(
    invokes: &Invokes,
    id: &str,
    stop: &CancellationToken,
) -> Option<Result<Value, Failure>> {
    let request = request(id, Some(10_000));
    invokes
        .carry_out(request, Arc::new(Deaf), stop.clone(), 100)
        .await
}

#[tokio::test]
async fn a_request_that_comes_again_is_not_done_again() {
    let (counting, invokes) = invokes(false);
    let stop = CancellationToken::new();
    let answer = Ok(json!({"ok": true}));
    assert_eq!(ask(&invokes, "a", &stop).await, Some(answer.clone()));
    assert_eq!(ask(&invokes, "a", &stop).await, None);
    assert_eq!(ask(&invokes, "b", &stop).await, Some(answer));
    assert_eq!(counting.begun.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn ids_are_forgotten_oldest_first() {
    let mut seen = Seen::default();
    for number in 0..=IDS_KEPT {
        assert!(seen.note(&number.to_string()));
    }
    assert_eq!(seen.ids.len(), IDS_KEPT);
    assert!(!seen.note("1"));
    assert!(seen.note("0"));
}

#[tokio::test(start_paused = true)]
async fn it_ends_at_its_deadline_or_with_its_connection() {
    let (_, invokes) = invokes(true);
    let stop = CancellationToken::new();
    let late = ask(&invokes, "a", &stop).await.unwrap().unwrap_err();
    assert_eq!(late.code, "TIMEOUT");
    let (answer, ()) = tokio::join!(ask(&invokes, "b", &stop), async { stop.cancel() });
    assert_eq!(answer.unwrap().unwrap_err().code, "CANCELLED");
    assert_eq!(invokes.at_work(), 0);
}

#[tokio::test(start_paused = true)]
async fn more_than_there_is_room_for_are_refused() {
    let (counting, invokes) = invokes(true);
    let stop = CancellationToken::new();
    let names: Vec<String> = (0..=INVOKES_MAX).map(|number| number.to_string()).collect();
    let mut answers = Vec::new();
    let mut waiting = tokio::task::JoinSet::new();
    let invokes = Arc::new(invokes);
    for name in names {
        let (invokes, stop) = (Arc::clone(&invokes), stop.clone());
        waiting.spawn(async move { ask(&invokes, &name, &stop).await });
    }
    while let Some(answer) = waiting.join_next().await {
        answers.push(answer.unwrap().unwrap().unwrap_err().code);
    }
    answers.sort_unstable();
    assert_eq!(answers.first(), Some(&"BUSY"));
    assert_eq!(
        answers.iter().filter(|code| **code == "TIMEOUT").count(),
        INVOKES_MAX
    );
    assert_eq!(counting.begun.load(Ordering::SeqCst), INVOKES_MAX);
}

#[test]
fn answers_and_times_have_bounds() {
    assert_eq!(fits(json!([1, 2]), 5), Ok(json!([1, 2])));
    assert_eq!(fits(json!([1, 2]), 4).unwrap_err().code, "TOO_LARGE");
    assert_eq!(time_for(None), INVOKE_DEFAULT);
    assert_eq!(time_for(Some(0)), INVOKE_DEFAULT);
    assert_eq!(time_for(Some(5)), Duration::from_millis(5));
    assert_eq!(time_for(Some(u64::MAX)), INVOKE_MAX);
}
