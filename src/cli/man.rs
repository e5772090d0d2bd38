//! `rejoin man`: the manual, from the command line's own definitions.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::Failure;
use super::args::CommandLine;
use super::terminal::Terminal;
use crate::settings::file;

/// Write the manual's pages into a folder, or print the first one
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin man ~/.local/share/man/man1 && man rejoin-search")]
pub struct ManArgs {
    /// The folder, made where it is missing [default: print rejoin(1)]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(options: &ManArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut command = CommandLine::command();
    // Fills in what only the parser knows: usage lines, and the switches that all have.
    command.build();
    let Some(folder) = &options.folder else {
        terminal.write_all(&page(&command, "rejoin")?)?;
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::Failed(format!("cannot make the folder {}: {error}", folder.display()))
    })?;
    let pages = write(&command, "rejoin", folder)?;
    writeln!(terminal, "{pages} pages written to {}.", folder.display())?;
    Ok(())
}

/// Writes the pages of a command and of those below it; returns how many.
fn write(command: &Command, name: &str, folder: &Path) -> Result<usize, Failure> {
    let path = folder.join(format!("{name}.1"));
    file::replace(&path, &page(command, name)?, Some(0o644))
        .map_err(|error| Failure::Failed(format!("cannot write {}: {error}", path.display())))?;
    let mut pages = 1;
    for below in visible(command) {
        pages += write(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(pages)
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}

fn page(command: &Command, name: &str) -> Result<Vec<u8>, Failure> {
    // A page refers to those below it by its own name.
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    let command = command.clone().name(name).disable_help_subcommand(true);
    let mut page = Vec::new();
    Man::new(command)
        .title(name.to_uppercase())
        .source(concat!("rejoin ", env!("CARGO_PKG_VERSION")))
        .manual("rejoin")
        // Reproducible: the day of the page is nobody's concern.
        .date("")
        .render(&mut page)
        .map_err(Failure::Output)?;
    Ok(as_written(&String::from_utf8_lossy(&page)).into_bytes())
}

/// A page whose notes and examples keep their lines, as `--help` shows them.
fn as_written(page: &str) -> String {
    let Some((before, rest)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let end = rest.find("\n.SH ").map_or(rest.len(), |at| at + 1);
    let (notes, after) = rest.split_at(end);
    let line_end = if notes.ends_with('\n') { "" } else { "\n" };
    format!("{before}.SH NOTES\n.nf\n{notes}{line_end}.fi\n{after}")
}
