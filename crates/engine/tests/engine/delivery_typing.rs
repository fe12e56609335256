//! The sign of typing: a lease of the run.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tidegate_core::channel::{Act, Capabilities};
use tidegate_engine::Typing;
use tokio::time::Instant;

use crate::delivery_world::Post;
use crate::network::{FakeNetwork, Outcome, Way, plain};
use crate::world::settle;

pub(crate) async fn open(can: Capabilities) -> Post {
    let post = Post::open(FakeNetwork::new("fake", can)).await;
    settle().await;
    post
}

/// When signs were given.
pub(crate) fn signs(post: &Post) -> Vec<Instant> {
    let acted = post.network.acted().into_iter();
    let signs = acted.filter(|acted| acted.act == Act::Typing);
    signs.map(|acted| acted.at).collect()
}

fn taken_back(post: &Post) -> usize {
    let acted = post.network.acted();
    acted
        .iter()
        .filter(|acted| acted.act == Act::TypingEnds)
        .count()
}

#[tokio::test(start_paused = true)]
async fn the_sign_is_renewed_before_it_runs_out() {
    let post = open(plain()).await;
    let typing = post.engine.typing(&post.network.direct("anna")).unwrap();
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        typing.progress();
    }
    let signs = signs(&post);
    assert!(signs.len() >= 70);
    assert!(
        signs
            .windows(2)
            .all(|two| two[1] - two[0] < Duration::from_secs(5))
    );
}

/// A way in which a run lets go of its lease.
type End = fn(Typing) -> futures_util::future::BoxFuture<'static, ()>;

#[tokio::test(start_paused = true)]
async fn whatever_ends_a_run_ends_the_sign_at_once() {
    let ends: [(&str, End); 5] = [
        ("returns", |typing| Box::pin(async move { drop(typing) })),
        ("fails", |typing| {
            Box::pin(async move {
                let failed: Result<(), &str> = async {
                    typing.progress();
                    Err("the model failed")
                }
                .await;
                assert!(failed.is_err());
            })
        }),
        ("panics", |typing| {
            let run = AssertUnwindSafe(async move {
                typing.progress();
                panic!("as the script says");
            });
            Box::pin(run.catch_unwind().map(|caught| assert!(caught.is_err())))
        }),
        ("runs into a deadline", |typing| {
            let run = async move {
                let _held = typing;
                std::future::pending::<()>().await;
            };
            let run = tokio::time::timeout(Duration::from_secs(1), run);
            Box::pin(run.map(|ended| assert!(ended.is_err())))
        }),
        ("is aborted", |typing| {
            Box::pin(async move {
                let mut runs = tokio::task::JoinSet::new();
                runs.spawn(async move {
                    let _held = typing;
                    std::future::pending::<()>().await;
                });
                settle().await;
                runs.shutdown().await;
            })
        }),
    ];
    for (name, end) in ends {
        let post = open(plain()).await;
        let typing = post.engine.typing(&post.network.direct("anna")).unwrap();
        tokio::time::sleep(Duration::from_secs(6)).await;
        end(typing).await;
        let ended = Instant::now();
        tokio::time::sleep(Duration::from_mins(5)).await;
        assert!(!signs(&post).is_empty(), "{name}");
        assert!(signs(&post).iter().all(|at| *at <= ended), "{name}");
        assert_eq!(taken_back(&post), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_progress_the_sign_ends_by_itself() {
    let post = open(plain()).await;
    let typing = post.engine.typing(&post.network.direct("anna")).unwrap();
    let began = Instant::now();
    tokio::time::sleep(Duration::from_mins(10)).await;
    let last = *signs(&post).last().unwrap();
    assert!(last - began > Duration::from_secs(110));
    assert!(last - began < Duration::from_mins(2));
    assert_eq!(taken_back(&post), 1);
    drop(typing);
}

#[tokio::test(start_paused = true)]
async fn a_network_that_hangs_or_wants_no_sign_is_left_alone() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    post.network.script_acts([Outcome::Hang { arrives: false }]);
    let typing = post.engine.typing(&anna).unwrap();
    settle().await;
    drop(typing);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(signs(&post).len(), 1);

    post.network.script_acts([Outcome::Refuse]);
    let typing = post.engine.typing(&anna).unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(signs(&post).len(), 2);
    drop(typing);

    post.network.set_way(Way::Down);
    settle().await;
    let typing = post.engine.typing(&anna).unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(
        signs(&post).len(),
        2,
        "nothing is shown while the way is closed"
    );
    drop(typing);
}
