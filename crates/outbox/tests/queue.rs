//! What the queue promises, one producer and one consumer at a time.
#![cfg(not(feature = "loom"))]

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use tidegate_outbox::{Budget, Class, Frame, Outbox, Overflow, Pushed};

const WIDE: Budget = Budget {
    event_bytes: 1 << 20,
    event_frames: 1000,
};

fn pop(outbox: &Outbox) -> Option<Frame> {
    match outbox.poll_pop(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(frame) => Some(frame),
        Poll::Pending => None,
    }
}

fn event(text: &str, seq: u64) -> Frame {
    Frame::Event {
        head: Arc::from(text),
        seq: Some(seq),
    }
}

#[test]
fn a_newer_state_takes_the_place_and_number_of_the_unsent_older_one() {
    let outbox = Outbox::new(WIDE);
    outbox
        .push_event(Arc::from("p1"), Class::Latest("presence"))
        .unwrap();
    outbox.push_event(Arc::from("a1"), Class::Must).unwrap();
    assert_eq!(
        outbox.push_event(Arc::from("p2"), Class::Latest("presence")),
        Ok(Pushed::Replaced)
    );
    assert_eq!(pop(&outbox), Some(event("p2", 1)));
    outbox
        .push_event(Arc::from("p3"), Class::Latest("presence"))
        .unwrap();
    assert_eq!(pop(&outbox), Some(event("a1", 2)));
    assert_eq!(pop(&outbox), Some(event("p3", 3)));
    assert_eq!(pop(&outbox), None);
}

#[test]
fn over_budget_must_closes_and_drop_leaves_a_hole() {
    let outbox = Outbox::new(Budget {
        event_bytes: 200,
        event_frames: 10,
    });
    let big: Arc<str> = Arc::from("x".repeat(120));
    assert_eq!(
        outbox.push_event(Arc::clone(&big), Class::Must),
        Ok(Pushed::Queued)
    );
    assert_eq!(
        outbox.push_event(Arc::clone(&big), Class::Drop),
        Ok(Pushed::Dropped)
    );
    assert_eq!(
        outbox.push_event(Arc::clone(&big), Class::Must),
        Err(Overflow)
    );
    assert_eq!(pop(&outbox), Some(event(&big, 1)));
    outbox.push_event(Arc::from("later"), Class::Must).unwrap();
    assert_eq!(
        pop(&outbox),
        Some(event("later", 4)),
        "numbers 2 and 3 are the holes"
    );
}

#[test]
fn replies_are_never_refused_and_are_counted_apart() {
    let outbox = Outbox::new(Budget {
        event_bytes: 10,
        event_frames: 1,
    });
    outbox.push_reply("r".repeat(5000));
    assert_eq!(outbox.reply_bytes(), 5000);
    pop(&outbox);
    assert_eq!(outbox.queued_bytes(), 0);
}

/// Nothing else asks the peer for a sign of life: a ping that was left out because a tick was
/// waiting would let a healthy but quiet client be taken for dead.
#[test]
fn a_ping_is_sent_whatever_waits() {
    let outbox = Outbox::new(WIDE);
    outbox
        .push_event(Arc::from("tick"), Class::Latest("tick"))
        .unwrap();
    outbox.push_ping();
    assert_eq!(pop(&outbox), Some(event("tick", 1)));
    assert_eq!(pop(&outbox), Some(Frame::Ping));
    assert_eq!(pop(&outbox), None);
}

#[test]
fn after_close_nothing_is_taken_and_what_waits_is_sent_first() {
    let outbox = Outbox::new(WIDE);
    outbox.push_event(Arc::from("last"), Class::Must).unwrap();
    outbox.close(1012, "service restart");
    assert_eq!(
        outbox.push_event(Arc::from("late"), Class::Must),
        Ok(Pushed::Closed)
    );
    assert_eq!(pop(&outbox), Some(event("last", 1)));
    assert_eq!(
        pop(&outbox),
        Some(Frame::Close {
            code: 1012,
            reason: "service restart".into()
        })
    );
    assert_eq!(pop(&outbox), None);
}

#[test]
fn close_now_throws_away_what_waits() {
    let outbox = Outbox::new(WIDE);
    outbox
        .push_event(Arc::from("never"), Class::Latest("tick"))
        .unwrap();
    outbox.close_now(1008, "slow consumer");
    assert_eq!(
        pop(&outbox),
        Some(Frame::Close {
            code: 1008,
            reason: "slow consumer".into()
        })
    );
}

#[derive(Debug, Clone)]
enum Step {
    Event(usize, u8),
    Reply(usize),
    Pop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..200usize, 0..4u8).prop_map(|(len, class)| Step::Event(len, class)),
        (0..200usize).prop_map(Step::Reply),
        Just(Step::Pop),
    ]
}

proptest! {
    /// Numbers only grow, the budget holds, and the counters come back to zero.
    #[test]
    fn order_and_budget_hold(steps in proptest::collection::vec(step(), 0..200)) {
        let budget = Budget { event_bytes: 1500, event_frames: 8 };
        let outbox = Outbox::new(budget);
        let mut last_seq = 0;
        let mut popped = |frame: Frame| {
            if let Frame::Event { seq: Some(seq), .. } = frame {
                assert!(seq > last_seq, "{seq} after {last_seq}");
                last_seq = seq;
            }
        };
        for step in steps {
            match step {
                Step::Event(len, class) => {
                    let class = [Class::Must, Class::Drop, Class::Latest("a"), Class::Latest("b")][usize::from(class)];
                    let _ = outbox.push_event(Arc::from("e".repeat(len)), class);
                }
                Step::Reply(len) => {
                    outbox.push_reply("r".repeat(len));
                }
                Step::Pop => {
                    if let Some(frame) = pop(&outbox) { popped(frame) }
                }
            }
            prop_assert!(outbox.queued_bytes() - outbox.reply_bytes() <= budget.event_bytes);
        }
        while let Some(frame) = pop(&outbox) { popped(frame) }
        prop_assert_eq!(outbox.queued_bytes(), 0);
    }
}

#[test]
fn what_is_meant_for_one_connection_has_no_number_and_takes_room() {
    let outbox = Outbox::new(Budget {
        event_bytes: 1 << 20,
        event_frames: 2,
    });
    outbox.push_event(Arc::from("a"), Class::Must).unwrap();
    outbox.push_direct(Arc::from("b")).unwrap();
    assert_eq!(outbox.push_direct(Arc::from("c")), Err(Overflow));
    assert_eq!(pop(&outbox), Some(event("a", 1)));
    let direct = Frame::Event {
        head: Arc::from("b"),
        seq: None,
    };
    assert_eq!(pop(&outbox), Some(direct));
    outbox.push_event(Arc::from("d"), Class::Must).unwrap();
    assert_eq!(pop(&outbox), Some(event("d", 2)), "no hole");
    outbox.close(1000, "");
    assert_eq!(outbox.push_direct(Arc::from("e")), Err(Overflow));
}
