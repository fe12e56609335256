//! The first line of a script: who reads it. As Linux understands it.

/// Bytes of a file in which the line must end (`BINPRM_BUF_SIZE`).
pub(crate) const HEAD_BYTES: usize = 256;

/// What stands behind `#!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shebang {
    /// The interpreter, as it is written.
    pub(crate) interpreter: String,
    /// All the rest of the line, as one argument.
    pub(crate) argument: Option<String>,
}

/// Why a file that begins with `#!` cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadShebang;

/// Reads the beginning of a file; `None` if it is no script.
pub(crate) fn shebang(head: &[u8]) -> Result<Option<Shebang>, BadShebang> {
    let Some(rest) = head.strip_prefix(b"#!") else {
        return Ok(None);
    };
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() == rest.len() && head.len() >= HEAD_BYTES {
        return Err(BadShebang);
    }
    let line = std::str::from_utf8(line).map_err(|_| BadShebang)?;
    let line = line.trim_matches([' ', '\t']);
    let (interpreter, argument) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    if !interpreter.starts_with('/') || line.contains('\0') {
        return Err(BadShebang);
    }
    let argument = Some(argument.trim_start_matches([' ', '\t'])).filter(|text| !text.is_empty());
    Ok(Some(Shebang {
        interpreter: interpreter.to_owned(),
        argument: argument.map(str::to_owned),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let read = |text: &str| {
            shebang(text.as_bytes())
                .map(|found| found.map(|line| (line.interpreter, line.argument)))
        };
        let found = |interpreter: &str, argument: Option<&str>| {
            Ok(Some((interpreter.to_owned(), argument.map(str::to_owned))))
        };
        assert_eq!(read("#!/bin/sh\necho"), found("/bin/sh", None));
        assert_eq!(
            read("#! /usr/bin/env  -S a b \nx"),
            found("/usr/bin/env", Some("-S a b"))
        );
        assert_eq!(read("#!/bin/sh"), found("/bin/sh", None));
        assert_eq!(read("\x7fELF"), Ok(None));
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("#!sh\n"), Err(BadShebang));
        assert_eq!(read("#!\n"), Err(BadShebang));
        assert_eq!(read(&format!("#!/{}", "a".repeat(300))), Err(BadShebang));
    }
}
