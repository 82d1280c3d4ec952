//! A container's health command: what it needs in the image, what it asks for, and what it says.

use crate::scenario::format::Image;

/// The path of the first process's output, to which a command must write for its words to reach the logs.
const OUTPUT: &str = "/proc/1/fd/";

/// What a shell knows without a program.
const BUILT_IN: [&str; 8] = ["[", ":", "echo", "exit", "false", "test", "true", "wait"];

/// The words of a health check, as the task definition has them.
pub(super) struct HealthCommand<'a> {
    in_shell: bool,
    text: &'a str,
    program: &'a str,
}

impl<'a> HealthCommand<'a> {
    /// `["CMD-SHELL", "curl -f … || exit 1"]` or `["CMD", "curl", …]`.
    pub(super) fn of(command: &'a [String]) -> Self {
        let text = command.get(1).map_or("", String::as_str);
        Self {
            in_shell: command.first().is_some_and(|form| form == "CMD-SHELL"),
            text,
            program: text.split_whitespace().next().unwrap_or_default(),
        }
    }

    /// Whether it passes in a container of the image that answers: its program is there, and the page it
    /// asks for is no error.
    pub(super) fn can_pass(&self, image: &Image) -> bool {
        let page = self.path().and_then(|path| image.pages.get(path));
        let refused = page.is_some_and(|page| page.status >= 400) && !self.ignores_status();
        self.finds_its_program(image) && !refused
    }

    /// What it writes to the container's output when its program is missing: nothing, unless it is told to
    /// write there.
    pub(super) fn complaint(&self, image: &Image) -> Option<String> {
        let heard = self.in_shell && self.text.contains(OUTPUT) && !self.finds_its_program(image);
        heard.then(|| format!("/bin/sh: 1: {}: not found", self.program))
    }

    fn finds_its_program(&self, image: &Image) -> bool {
        let name = self.program.rsplit('/').next().unwrap_or_default();
        let there = image
            .programs
            .as_ref()
            .is_none_or(|programs| programs.iter().any(|program| program == name));
        there || (self.in_shell && BUILT_IN.contains(&name))
    }

    /// The path of the page that it asks for.
    fn path(&self) -> Option<&str> {
        let (_, address) = self.text.split_once("http://")?;
        let path = &address[address.find('/')?..];
        let ends = |character: char| character.is_whitespace() || "'\"|)>;&?".contains(character);
        Some(&path[..path.find(ends).unwrap_or(path.len())])
    }

    /// `curl` is content with an error page, unless it is asked to fail.
    fn ignores_status(&self) -> bool {
        let fails = |word: &str| {
            word == "--fail"
                || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'))
        };
        self.program.ends_with("curl") && !self.text.split_whitespace().any(fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(text: &str) -> Vec<String> {
        vec!["CMD-SHELL".to_owned(), text.to_owned()]
    }

    #[test]
    fn the_path_ends_where_the_address_does() {
        let path = |text: &str| HealthCommand::of(&shell(text)).path().map(str::to_owned);
        assert_eq!(
            path("curl -f http://localhost:8000/health || exit 1").as_deref(),
            Some("/health")
        );
        assert_eq!(
            path("python -c \"urlopen('http://127.0.0.1:8000/up')\"").as_deref(),
            Some("/up")
        );
        assert_eq!(path("pg_isready -U app"), None);
    }

    #[test]
    fn curl_minds_the_status_only_if_asked_to() {
        let ignores = |text: &str| HealthCommand::of(&shell(text)).ignores_status();
        assert!(ignores("curl -s http://localhost/"));
        assert!(!ignores("curl -sf http://localhost/"));
        assert!(!ignores("curl --fail http://localhost/"));
        assert!(!ignores("wget -q http://localhost/"));
    }
}
