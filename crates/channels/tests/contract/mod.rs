//! What every network must do alike, whatever its wire: a channel and the imitation of its network
//! are a [`Rig`], and `contract!(MyRig)` makes the tests.

mod inbox;
pub(crate) mod incoming;
mod live;
pub(crate) mod outgoing;
mod rig;
pub(crate) mod small;

pub(crate) use inbox::MemoryInbox;
pub(crate) use live::Live;
pub(crate) use rig::{
    PATIENCE, Rig, Shown, Trouble, attempt, eventually, in_fast_time, nowhere, text,
};

/// The tests of the contract for one network.
macro_rules! contract {
    ($rig:ty) => {
        crate::contract::contract! { @ $rig, incoming:
            messages_arrive_once_and_in_order,
            nothing_is_acknowledged_before_it_is_stored,
            a_restart_goes_on_where_it_ended,
            a_repeated_event_has_the_same_id,
            everything_is_under_our_stable_id,
            stopping_is_prompt_and_leaves_nothing,
            idle_is_not_dead,
            a_silent_network_is_noticed,
            troubles_lose_nothing,
            kills_lose_nothing,
            a_dead_credential_is_final,
            a_flood_says_how_long,
            nobody_there_is_unreachable,
            edits_and_reactions_arrive,
        }
        crate::contract::contract! { @ $rig, outgoing:
            words_arrive,
            marks_are_shown_and_nothing_else_is_lost,
            the_longest_text_arrives_whole,
            an_answer_names_its_message,
            a_draft_is_replaced_or_sent_anew,
            troubles_say_whether_it_may_have_arrived,
            a_silent_network_leaves_it_unknown,
            nobody_there_is_a_safe_failure,
            files_arrive_whole,
            files_that_are_gone_are_refused,
            no_secret_is_shown,
        }
        crate::contract::contract! { @ $rig, small:
            typing_is_shown,
            reactions_come_and_go,
            words_are_changed,
            files_are_fetched_whole_or_not_at_all,
            a_broken_fetch_leaves_nothing,
            the_probe_says_who_we_are,
        }
    };
    (@ $rig:ty, $of:ident: $($name:ident,)*) => {
        mod $of {
            $(
                #[tokio::test]
                async fn $name() {
                    crate::contract::$of::$name::<$rig>().await;
                }
            )*
        }
    };
}
pub(crate) use contract;
