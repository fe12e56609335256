//! 429, obeyed before and after; 5xx, tried again.

use std::time::Duration;

use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::{Rate, Rates, Settings, routes};

use crate::bot::Place;

fn statuses(place: &Place) -> Vec<Option<u16>> {
    let calls = place.fake.calls().all();
    let sends = calls.iter().filter(|call| call.route == Some(routes::SEND));
    sends.map(|call| call.status).collect()
}

#[tokio::test]
async fn a_client_that_reads_the_headers_is_never_refused() {
    let settings = Settings {
        rates: Rates {
            send: Rate::new(3, Duration::from_millis(500)),
            ..Rates::loose()
        },
        ..Settings::loose()
    };
    let mut place = Place::with(settings).await;
    place.say("!many 8");
    place.bot.hear("many").await;
    assert_eq!(statuses(&place), [Some(200); 8]);
    assert!(place.bot.hear("waits").await["ms"].as_u64().unwrap() > 0);
    let texts: Vec<_> = place
        .fake
        .answers(place.channel)
        .into_iter()
        .map(|message| message.content)
        .collect();
    let wanted: Vec<_> = (1..=8).map(|number| format!("n{number}")).collect();
    assert_eq!(texts, wanted, "in order");
}

#[tokio::test]
async fn refusals_are_waited_out() {
    let mut place = Place::new().await;
    let pause = Duration::from_millis(700);
    place
        .fake
        .faults()
        .next(routes::SEND, Fault::TooMany { retry_after: pause });
    place.fake.faults().next(routes::SEND, Fault::Status(502));
    place.say("!many 1");
    place.bot.hear("many").await;
    assert_eq!(statuses(&place), [Some(429), Some(502), Some(200)]);
    let calls = place.fake.calls().all();
    let sends: Vec<_> = calls
        .iter()
        .filter(|call| call.route == Some(routes::SEND))
        .collect();
    assert!(sends[1].at_ms - sends[0].at_ms >= 700, "{sends:#?}");

    place.fake.limit_globally(pause);
    let from = place.fake.clock().now_ms();
    place.say("!many 1");
    place.bot.hear("many").await;
    assert!(place.fake.clock().now_ms() - from >= 700);
    assert!(statuses(&place).contains(&Some(429)));
}
