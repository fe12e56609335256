//! The slash commands, by name: what people are shown in menus and in `/help`. The engine says what
//! each does.

/// A command that the gateway itself answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlashCommand {
    /// Its name without the slash: 1 to 32 of `a-z`, as every menu takes it.
    pub name: &'static str,
    /// Other names that are understood and shown nowhere.
    pub aliases: &'static [&'static str],
    /// What it does, at most 100 characters.
    pub about: &'static str,
    /// The one word that may stand behind it, if one may.
    pub argument: Option<Argument>,
}

/// The word behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it does, at most 100 characters.
    pub about: &'static str,
}

/// All of them, the most wanted first.
pub const LIST: &[SlashCommand] = &[
    SlashCommand {
        name: "status",
        aliases: &[],
        about: "Model, session and load",
        argument: None,
    },
    SlashCommand {
        name: "model",
        aliases: &["models"],
        about: "Show or choose the model",
        argument: Some(Argument {
            name: "model",
            about: "The model to use from now on; default is the configured one",
        }),
    },
    SlashCommand {
        name: "new",
        aliases: &["reset"],
        about: "Begin a new conversation",
        argument: None,
    },
    SlashCommand {
        name: "stop",
        aliases: &[],
        about: "Stop the answer at work",
        argument: None,
    },
    SlashCommand {
        name: "help",
        aliases: &[],
        about: "What I understand",
        argument: None,
    },
];

/// The command of this name, in any case and without its slash.
pub fn named(word: &str) -> Option<&'static SlashCommand> {
    let is = |name: &str| name.eq_ignore_ascii_case(word);
    LIST.iter()
        .find(|command| is(command.name) || command.aliases.iter().any(|alias| is(alias)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_by_each_of_its_names() {
        for command in LIST {
            assert_eq!(named(command.name), Some(command));
            assert_eq!(named(&command.name.to_uppercase()), Some(command));
            for alias in command.aliases {
                assert_eq!(named(alias), Some(command), "{alias}");
            }
        }
        for other in ["", "/status", "stat", "status now", "tidegate"] {
            assert_eq!(named(other), None, "{other}");
        }
    }

    #[test]
    fn every_menu_takes_the_names() {
        for command in LIST {
            let name = command.name;
            assert!((1..=32).contains(&name.len()), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
            let argument = command.argument.map(|argument| argument.about);
            for about in std::iter::once(command.about).chain(argument) {
                assert!((1..=100).contains(&about.len()), "{about}");
            }
        }
    }
}
