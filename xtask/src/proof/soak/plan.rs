//! Who says what, in which wave: made from numbers alone, so that every run is the same.

use super::trouble::Trouble;

/// People of a network; each has a direct chat.
pub(super) const PEOPLE: usize = 200;
/// Groups of a network.
pub(super) const GROUPS: usize = 50;
/// One conversation in so many is a group.
const GROUP_EVERY: usize = (PEOPLE + GROUPS) / GROUPS;
/// Messages of a wave: fewer than there are conversations, so that none has two places in it.
const MOST_IN_WAVE: usize = 200;
/// Messages of one conversation in a wave, where the network keeps their order.
const BURST: usize = 2;
/// Digits of a question's number.
const DIGITS: usize = 6;

/// A conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The direct chat with this person.
    Direct(usize),
    /// This group.
    Group(usize),
}

/// A message that wants an answer.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// Its number on its network; conversations hear theirs in this order.
    pub(super) number: usize,
    pub(super) place: Place,
    /// The person who says it.
    pub(super) sender: usize,
    /// One word that nobody else says. The answer quotes it.
    pub(super) word: String,
}

/// Questions that are asked at once.
#[derive(Debug)]
pub(super) struct Wave {
    pub(super) trouble: Trouble,
    pub(super) questions: Vec<Question>,
}

/// Shares a number of messages out by weight; every one of them has an owner.
pub(super) fn shares(messages: usize, weights: &[usize]) -> Vec<usize> {
    let whole: usize = weights.iter().sum();
    let mut left = messages;
    let mut heavy = whole;
    let share = |weight: &usize| {
        let share = (left * weight).checked_div(heavy).unwrap_or(0);
        left -= share;
        heavy -= weight;
        share
    };
    weights.iter().map(share).collect()
}

/// The waves of a network. Each sort of trouble has its turn, if there are messages enough.
pub(super) fn waves(network: &str, messages: usize) -> Vec<Wave> {
    let size = messages.div_ceil(Trouble::ALL.len()).clamp(1, MOST_IN_WAVE);
    let mut places = (0..PEOPLE + GROUPS).cycle().map(place);
    let mut asked = 0;
    let mut waves = Vec::new();
    for trouble in Trouble::ALL.into_iter().cycle() {
        let count = size.min(messages - asked);
        if count == 0 {
            break;
        }
        let each = if trouble.keeps_order() { BURST } else { 1 };
        let here: Vec<_> = places.by_ref().take(count.div_ceil(each)).collect();
        let questions = here.iter().cycle().zip(asked..asked + count);
        waves.push(Wave {
            trouble,
            questions: questions
                .map(|(place, number)| question(network, number, *place))
                .collect(),
        });
        asked += count;
    }
    waves
}

fn place(turn: usize) -> Place {
    if turn % GROUP_EVERY == GROUP_EVERY - 1 {
        Place::Group(turn / GROUP_EVERY)
    } else {
        Place::Direct(turn - turn / GROUP_EVERY)
    }
}

fn question(network: &str, number: usize, place: Place) -> Question {
    let sender = match place {
        Place::Direct(person) => person,
        Place::Group(_) => number % PEOPLE,
    };
    Question {
        number,
        place,
        sender,
        word: format!("{network}{number:0DIGITS$}"),
    }
}

/// The number of the question that an answer quotes.
pub(super) fn quoted(network: &str, answer: &str) -> Option<usize> {
    let digits = |at: usize| answer.get(at..at + DIGITS)?.parse().ok();
    let mut found = answer.match_indices(network);
    found.find_map(|(at, _)| digits(at + network.len()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_message_has_a_network() {
        assert_eq!(shares(10, &[9, 8, 3]), [4, 4, 2]);
        assert_eq!(shares(500, &[9]), [500]);
        assert_eq!(shares(1, &[9, 8, 3]).iter().sum::<usize>(), 1);
    }

    #[test]
    fn every_message_is_asked_once_and_every_trouble_has_its_turn() {
        let waves = waves("net", 1234);
        let asked: Vec<_> = waves.iter().flat_map(|wave| &wave.questions).collect();
        let numbers: Vec<_> = asked.iter().map(|question| question.number).collect();
        assert_eq!(numbers, (0..1234).collect::<Vec<_>>());
        for trouble in Trouble::ALL {
            assert!(
                waves.iter().any(|wave| wave.trouble == trouble),
                "{trouble:?}"
            );
        }
        let groups = asked
            .iter()
            .filter(|question| matches!(question.place, Place::Group(_)));
        assert!((200..300).contains(&groups.count()));
    }

    #[test]
    fn where_the_network_mixes_the_order_a_conversation_has_one_message() {
        for wave in waves("net", 5000) {
            let mut most = BTreeMap::<_, usize>::new();
            for question in &wave.questions {
                *most.entry(question.place).or_default() += 1;
            }
            let allowed = if wave.trouble.keeps_order() { BURST } else { 1 };
            assert!(
                most.values().all(|count| *count <= allowed),
                "{:?}",
                wave.trouble
            );
        }
    }

    #[test]
    fn people_and_groups_are_those_that_there_are() {
        let places: Vec<_> = (0..PEOPLE + GROUPS).map(place).collect();
        let all = (0..PEOPLE).map(Place::Direct);
        let all: Vec<_> = all.chain((0..GROUPS).map(Place::Group)).collect();
        let mut sorted = places;
        sorted.sort();
        assert_eq!(sorted, all);
    }

    #[test]
    fn an_answer_quotes_its_question() {
        let asked = question("net", 42, Place::Group(3));
        let answer = format!("Your net message arrived:\n\n> {}\n\nnet", asked.word);
        assert_eq!(quoted("net", &answer), Some(42));
        assert_eq!(quoted("net", "net 42, net00x"), None);
    }
}
