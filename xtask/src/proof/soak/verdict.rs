//! What was heard, held against what was asked: every question answered once, or twice with the
//! mark; in its own conversation, and in order.

use std::collections::BTreeMap;

use super::plan::{Place, Question, quoted};

/// How an answer says that it may be there twice.
const MARK: &str = "you may have this twice";
/// Problems that are told word for word.
const TOLD: usize = 10;
/// Characters of a message that are told.
const TOLD_CHARS: usize = 100;

/// What the answers come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Questions with one answer.
    pub(super) once: usize,
    /// Questions with two, marked.
    pub(super) twice: usize,
    /// Everything that must not be.
    pub(super) problems: Vec<String>,
}

/// The answers to one question.
#[derive(Debug, Default)]
struct Copies {
    all: usize,
    marked: usize,
}

/// Judges one network. `said` is what the gateway said in each place, oldest first.
pub(super) fn judge<'a>(
    network: &str,
    asked: impl Iterator<Item = &'a Question>,
    said: &BTreeMap<Place, Vec<String>>,
) -> Tally {
    let mut tally = Tally::default();
    let mut heard: BTreeMap<(Place, usize), Copies> = BTreeMap::new();
    for (place, answers) in said {
        let mut last = None;
        for answer in answers {
            let Some(number) = quoted(network, answer) else {
                let words: String = answer.chars().take(TOLD_CHARS).collect();
                tally.problem(format!("{place:?}: answers nobody: {words}"));
                continue;
            };
            let copies = heard.entry((*place, number)).or_default();
            if copies.all == 0 {
                if last > Some(number) {
                    tally.problem(format!("{place:?}: {number} is answered after {last:?}"));
                }
                last = last.max(Some(number));
            }
            copies.all += 1;
            copies.marked += usize::from(answer.contains(MARK));
        }
    }
    for question in asked {
        match heard.remove(&(question.place, question.number)) {
            None => tally.problem(format!("{}: no answer", question.word)),
            Some(Copies { all: 1, .. }) => tally.once += 1,
            Some(Copies { all: 2, marked: 1 }) => tally.twice += 1,
            Some(copies) => {
                let Copies { all, marked } = copies;
                tally.problem(format!("{}: {all} answers, {marked} marked", question.word));
            }
        }
    }
    for (place, number) in heard.keys() {
        tally.problem(format!("{place:?}: {number} was asked elsewhere"));
    }
    tally
}

impl Tally {
    fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    /// The first problems, a line each.
    pub(super) fn told(&self) -> String {
        let more = self.problems.len().saturating_sub(TOLD);
        let first = self.problems.iter().take(TOLD).cloned();
        let more = (more > 0).then(|| format!("and {more} more"));
        first.chain(more).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place::Direct(0);
    const THERE: Place = Place::Group(0);

    fn asked(count: usize) -> Vec<Question> {
        let question = |number| Question {
            number,
            place: HERE,
            sender: 0,
            word: format!("net{number:06}"),
        };
        (0..count).map(question).collect()
    }

    fn problems(count: usize, said: &[(Place, &[&str])]) -> Vec<String> {
        judged(count, said).problems
    }

    fn judged(count: usize, said: &[(Place, &[&str])]) -> Tally {
        let said = said.iter().map(|(place, answers)| {
            let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
            (*place, answers)
        });
        judge("net", asked(count).iter(), &said.collect())
    }

    #[test]
    fn once_and_twice_with_the_mark_are_good() {
        let twice = format!("net000000 _{MARK}_");
        let tally = judged(2, &[(HERE, &["net000000", &twice, "net000001"])]);
        assert_eq!(
            tally,
            Tally {
                once: 1,
                twice: 1,
                problems: Vec::new()
            }
        );
    }

    #[test]
    fn everything_else_is_a_problem() {
        let lists: &[&[&str]] = &[
            &[],
            &["net000000", "net000000"],
            &["net000000", "net000000 you may", "net000000"],
            &["net000000", "something failed"],
        ];
        for list in lists {
            assert_eq!(problems(1, &[(HERE, list)]).len(), 1, "{list:?}");
        }
        assert_eq!(
            problems(2, &[(HERE, &["net000001", "net000000"])]).len(),
            1,
            "order"
        );
        let elsewhere = problems(1, &[(THERE, &["net000000"])]);
        assert_eq!(elsewhere.len(), 2, "{elsewhere:?}");
    }

    #[test]
    fn a_second_copy_does_not_change_the_order() {
        let again = format!("net000000 {MARK}");
        let said = [(HERE, &["net000000", "net000001", &again][..])];
        assert_eq!(problems(2, &said), Vec::<String>::new());
    }
}
