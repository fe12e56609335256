//! Every interleaving of two producers, a closer and the writer: nothing is lost, no wake-up is
//! missed. Run with `cargo test -p tidegate-outbox --features loom --test loom`.
#![cfg(feature = "loom")]

use std::future::poll_fn;
use std::sync::Arc;

use loom::future::block_on;
use loom::thread;
use tidegate_outbox::{Budget, Class, Frame, Outbox};

const BUDGET: Budget = Budget {
    event_bytes: 1000,
    event_frames: 10,
};

fn next(outbox: &Outbox) -> Frame {
    block_on(poll_fn(|cx| outbox.poll_pop(cx)))
}

#[test]
fn two_producers_and_the_writer() {
    loom::model(|| {
        let outbox = Arc::new(Outbox::new(BUDGET));
        let producers: Vec<_> = ["a", "b"]
            .into_iter()
            .map(|text| {
                let outbox = Arc::clone(&outbox);
                thread::spawn(move || outbox.push_event(Arc::from(text), Class::Must).map(|_| ()))
            })
            .collect();
        let mut seqs = Vec::new();
        for _ in 0..2 {
            if let Frame::Event { seq: Some(seq), .. } = next(&outbox) {
                seqs.push(seq);
            }
        }
        assert_eq!(seqs, [1, 2]);
        for producer in producers {
            producer.join().unwrap().unwrap();
        }
    });
}

#[test]
fn a_replaced_state_is_sent_once_in_either_form() {
    loom::model(|| {
        let outbox = Arc::new(Outbox::new(BUDGET));
        outbox
            .push_event(Arc::from("old"), Class::Latest("p"))
            .unwrap();
        let pusher = {
            let outbox = Arc::clone(&outbox);
            thread::spawn(move || {
                outbox
                    .push_event(Arc::from("new"), Class::Latest("p"))
                    .map(|_| ())
                    .unwrap();
                outbox.close(1000, "");
            })
        };
        let mut heard = Vec::new();
        while let Frame::Event { head, .. } = next(&outbox) {
            heard.push(head.to_string());
        }
        assert!(heard == ["new"] || heard == ["old", "new"], "{heard:?}");
        pusher.join().unwrap();
    });
}
