//! `touchdown man`: manual pages, made from the definition of the command line.

use std::path::{Path, PathBuf};

use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use super::arguments::Man;
use super::error::CliError;
use super::{entry, stdout};
use crate::exit;
use crate::report::output::{Destination, Problem, WholeFile};

/// Sections of touchdown's own page that the definition of its command line doesn't hold: a
/// heading, and entries of a term and what it means.
const SECTIONS: [(&str, &[(&str, &str)]); 3] = [
    (
        "EXIT STATUS",
        &[
            ("0", "The run passed, or the command did what it was asked."),
            ("1", "The run failed: what should hold does not."),
            ("2", "Usage or suite error; nothing ran."),
            ("3", "Inconclusive: it could not be told."),
            (
                "130, 143",
                "Interrupted by SIGINT, or by SIGTERM or SIGHUP.",
            ),
            (
                "with --format nagios",
                "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
            ),
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            (
                "AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …",
                "Credentials, region and endpoints, as the AWS CLI and SDKs take them.",
            ),
            (
                "NAME",
                "Any name: the value of ${NAME} in a suite, unless --var gives one.",
            ),
            (
                "NO_COLOR, CLICOLOR, CLICOLOR_FORCE",
                "Whether to colour, where --color is auto.",
            ),
        ],
    ),
    (
        "FILES",
        &[("touchdown.yaml", "The suite, unless another one is named.")],
    ),
];

pub(super) fn man(asked: &Man) -> Result<u8, CliError> {
    let mut top = entry::definition().disable_help_subcommand(true);
    top.build();
    let Some(folder) = &asked.output else {
        stdout::print(&page(top))?;
        return Ok(exit::OK);
    };
    for command in top.get_subcommands() {
        write(folder, command.clone())?;
    }
    write(folder, top)?;
    Ok(exit::OK)
}

/// The page of a command, in roff. It holds no date, so that the same touchdown gives the
/// same bytes; a blank keeps its place, which the writer would drop if it were empty.
fn page(command: clap::Command) -> String {
    let is_top = command.has_subcommands();
    let mut text = Vec::new();
    let page = Page::new(command)
        .date(" ")
        .source(concat!("touchdown ", env!("CARGO_PKG_VERSION")))
        .manual("touchdown manual");
    page.render(&mut text)
        .expect("writing into memory can't fail");
    let mut page = String::from_utf8_lossy(&text).into_owned();
    if is_top {
        page.push_str(&sections());
    }
    page
}

fn sections() -> String {
    let mut roff = Roff::new();
    for (heading, entries) in SECTIONS {
        roff.control("SH", [heading]);
        for (term, meaning) in entries {
            roff.control("TP", []);
            roff.text([bold(*term)]);
            roff.text([roman(*meaning)]);
        }
    }
    roff.render()
}

fn write(folder: &Path, command: clap::Command) -> Result<(), CliError> {
    let name = Page::new(command.clone()).get_filename();
    let path: PathBuf = folder.join(name);
    let unwritable = |problem: Problem| CliError::Unwritable(path.display().to_string(), problem);
    let file = WholeFile::open(&Destination::Path(path.clone())).map_err(unwritable)?;
    let written = file.write(&page(command), &mut std::io::stdout());
    written.map_err(|error| unwritable(error.into()))
}
