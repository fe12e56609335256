//! Everything at once: faults by chance in both directions, and kills.

use tidegate_core::channel::{Channel, ChannelError};
use tidegate_fakes::common::Fault;

use crate::contract::{Live, attempt, text};
use crate::rig::{ADA, HARBOUR, ada, settings, telegram};
use crate::world::{harbour, world};

/// Messages each way.
const MESSAGES: usize = 300;
/// Messages between two kills.
const LIFE: usize = 40;

fn faults() -> Vec<(u32, Fault)> {
    vec![
        (25, Fault::CutBeforeStoring),
        (25, Fault::CutAfterStoring),
        (25, Fault::CutInAnswer { after_bytes: 120 }),
        (25, Fault::Status(502)),
    ]
}

#[tokio::test]
async fn everything_that_was_said_arrives_once() {
    let world = world().await;
    for (permille, fault) in faults() {
        world.fake.faults().by_chance(permille, fault);
    }
    let mut live = Live::start(telegram(settings(&world.fake)), &world.inbox);
    let mut said = Vec::new();
    let (mut sure, mut unsure) = (Vec::new(), Vec::new());
    for at in 0..MESSAGES {
        let words = format!("message {at}");
        world.fake.say(ADA, &ada(), &words);
        said.push(words);
        let answer = format!("answer {at}");
        let sent = world
            .telegram
            .send(&harbour(), &text(&answer), &attempt(&answer))
            .await;
        match sent {
            Ok(_) => sure.push(answer),
            Err(ChannelError::Unknown(_)) => unsure.push(answer),
            Err(ChannelError::Unreachable(_)) => {}
            Err(other) => panic!("{other}"),
        }
        if at % LIFE == LIFE - 1 {
            live = Live::start(telegram(settings(&world.fake)), &world.inbox);
        }
    }
    world.inbox.wait_for(MESSAGES).await;
    assert_eq!(world.inbox.texts(), said);
    live.check_failures();
    world.fake.faults().clear();
    live.stop().await;

    let there: Vec<_> = world.fake.bot_messages(HARBOUR);
    let there: Vec<_> = there.iter().map(|message| &message.text).collect();
    assert!(unsure.len() > 5, "{unsure:?}");
    assert!(sure.iter().all(|answer| there.contains(&answer)));
    // What is not sure is there once or not at all; nothing else is there.
    let known = |answer: &String| sure.contains(answer) || unsure.contains(answer);
    assert!(there.iter().all(|answer| known(answer)));
    let mut once = there.clone();
    once.dedup();
    assert_eq!(once.len(), there.len());
}
