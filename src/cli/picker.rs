//! Choosing a session or pause on the screen: a list that a search narrows, and a preview below it.
//!
//! Works in 80 columns by 24 lines, without a mouse and without colours: what is chosen has a mark.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, List, ListState, Paragraph, Wrap};
use unicode_width::UnicodeWidthStr;

use super::columns::fit;

/// The preview is made when no key came for so long: making it may take a moment.
const REST: Duration = Duration::from_millis(60);
const HELP: &str = "↑↓ choose   type to search   PgUp/PgDn scroll   Enter resume   Esc leave";
/// The same where there is no room for it.
const SHORT_HELP: &str = "↑↓ choose  Enter resume  Esc leave";

/// One line of the list.
#[derive(Debug)]
pub(super) struct Choice {
    /// What a line begins with, and what it shows as far as there is room.
    pub(super) head: String,
    pub(super) about: String,
    /// What a search finds it by: the beginning of its id, and any part of its words, in lower case.
    pub(super) id: String,
    pub(super) words: String,
}

struct Picker<'a> {
    choices: &'a [Choice],
    search: String,
    /// Indices of the choices that the search leaves.
    shown: Vec<usize>,
    list: ListState,
    /// By the choice's index.
    previews: HashMap<usize, String>,
    scroll: u16,
}

/// What a key came to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    On,
    Picked(usize),
    Left,
}

/// Lets a person choose; `None` when they left. The screen is as it was afterwards.
pub(super) fn pick(
    choices: &[Choice],
    preview: &mut dyn FnMut(usize) -> String,
) -> io::Result<Option<usize>> {
    let mut terminal = ratatui::try_init()?;
    let mut picker = Picker::new(choices);
    let outcome = loop {
        if let Err(error) = terminal.draw(|frame| picker.draw(frame)) {
            break Err(error);
        }
        match next(&mut picker, preview) {
            Ok(Step::On) => {}
            Ok(Step::Picked(choice)) => break Ok(Some(choice)),
            Ok(Step::Left) => break Ok(None),
            Err(error) => break Err(error),
        }
    };
    ratatui::try_restore()?;
    outcome
}

/// Waits for the next key; makes the preview meanwhile.
fn next(picker: &mut Picker<'_>, preview: &mut dyn FnMut(usize) -> String) -> io::Result<Step> {
    if let Some(choice) = picker.current()
        && !picker.previews.contains_key(&choice)
        && !event::poll(REST)?
    {
        picker.previews.insert(choice, preview(choice));
        return Ok(Step::On);
    }
    Ok(match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => picker.key(key),
        _ => Step::On,
    })
}

impl<'a> Picker<'a> {
    fn new(choices: &'a [Choice]) -> Self {
        let list = ListState::default().with_selected(Some(0));
        Self {
            choices,
            search: String::new(),
            shown: (0..choices.len()).collect(),
            list,
            previews: HashMap::new(),
            scroll: 0,
        }
    }

    /// The choice that is marked.
    fn current(&self) -> Option<usize> {
        self.shown.get(self.list.selected()?).copied()
    }

    fn key(&mut self, key: KeyEvent) -> Step {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Step::Left,
            KeyCode::Char('c' | 'd') if control => return Step::Left,
            KeyCode::Enter => return self.current().map_or(Step::On, Step::Picked),
            KeyCode::Up => self.step(-1),
            KeyCode::Down => self.step(1),
            KeyCode::Char('p') if control => self.step(-1),
            KeyCode::Char('n') if control => self.step(1),
            KeyCode::Home => self.step(isize::MIN),
            KeyCode::End => self.step(isize::MAX),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(8),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_add(8),
            KeyCode::Char('u') if control => {
                self.search.clear();
                self.narrow();
            }
            KeyCode::Backspace => {
                self.search.pop();
                self.narrow();
            }
            KeyCode::Char(c) if !control => {
                self.search.push(c);
                self.narrow();
            }
            _ => {}
        }
        Step::On
    }

    fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        let at = self.list.selected().unwrap_or(0);
        self.list.select(Some(at.saturating_add_signed(by).min(last)));
        self.scroll = 0;
    }

    /// Leaves the choices that hold every word of the search; the marked one stays when it is among them.
    fn narrow(&mut self) {
        let marked = self.current();
        let search = self.search.to_lowercase();
        let holds = |choice: &Choice| {
            let found = |word: &str| choice.words.contains(word) || choice.id.starts_with(word);
            search.split_whitespace().all(found)
        };
        let all = self.choices.iter().enumerate();
        self.shown = all.filter(|(_, choice)| holds(choice)).map(|(index, _)| index).collect();
        let at = self.shown.iter().position(|index| Some(*index) == marked);
        self.list.select(Some(at.unwrap_or(0)));
        self.scroll = 0;
    }

    fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let rows = (area.height / 3).max(3);
        let [search, list, preview, help] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(rows),
            Constraint::Min(3),
            Constraint::Length(1),
        ])
        .areas(area);
        let count = match (self.shown.len(), self.choices.len()) {
            (shown, all) if shown == all => all.to_string(),
            (shown, all) => format!("{shown} of {all}"),
        };
        frame.render_widget(format!("Resume ({count}): {}▏", self.search), search);
        let room = usize::from(area.width).saturating_sub(2);
        let lines = self.shown.iter().map(|index| {
            let choice = &self.choices[*index];
            let left = room.saturating_sub(choice.head.width());
            Line::raw(format!("{}{}", choice.head, fit(&choice.about, left)))
        });
        let marked = Style::new().add_modifier(Modifier::REVERSED);
        let widget = List::new(lines).highlight_symbol("> ").highlight_style(marked);
        frame.render_stateful_widget(widget, list, &mut self.list);
        let text = match self.current() {
            None => "nothing matches; Backspace takes back",
            Some(choice) => self.previews.get(&choice).map_or("…", String::as_str),
        };
        // No further than to the last lines.
        let most = text.lines().count() as u16;
        self.scroll = self.scroll.min(most.saturating_sub(1));
        let body = Paragraph::new(text)
            .wrap(Wrap { trim: false })
            .scroll((self.scroll, 0))
            .block(Block::new().borders(Borders::TOP));
        frame.render_widget(body, preview);
        let faint = Style::new().add_modifier(Modifier::DIM);
        let words = if usize::from(area.width) < HELP.width() { SHORT_HELP } else { HELP };
        frame.render_widget(Paragraph::new(words).style(faint), help);
    }
}
