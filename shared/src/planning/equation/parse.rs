//! From the text of an equation to its tree: words first, then structure, by recursive descent.

use super::{Comparison, DEPTH_MAX, Function, LENGTH_MAX, Node, Problem, folded, written};

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Number(f64),
    Name { text: String, quoted: bool },
    Plus,
    Minus,
    Times,
    Over,
    Compare(Comparison),
    Open,
    Close,
    Comma,
    End,
}

#[derive(Clone, Debug)]
struct Token {
    word: Word,
    from: usize,
    to: usize,
}

impl Token {
    fn problem(&self, message: impl Into<String>) -> Problem {
        problem(self.from, self.to, message)
    }
}

fn problem(from: usize, to: usize, message: impl Into<String>) -> Problem {
    Problem {
        from,
        to,
        message: message.into(),
    }
}

pub(super) fn parse(text: &str, names: &[&str]) -> Result<Node, Problem> {
    let letters: Vec<char> = text.chars().take(LENGTH_MAX + 1).collect();
    if letters.len() > LENGTH_MAX {
        let message = format!("An equation has at most {LENGTH_MAX} characters. Shorten it.");
        return Err(problem(LENGTH_MAX, text.chars().count(), message));
    }
    let tokens = tokens(&letters)?;
    let names = names
        .iter()
        .map(|name| ((*name).to_owned(), folded(name)))
        .collect();
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        names,
    };
    if parser.peek().word == Word::End {
        return Err(parser
            .peek()
            .problem("Write an equation, for example Value / Effort."));
    }
    let root = parser.comparison()?;
    let rest = parser.peek();
    match &rest.word {
        Word::End => Ok(root),
        Word::Close => Err(rest.problem("This ) closes nothing. Remove it, or add a ( before it.")),
        Word::Comma => Err(rest
            .problem("A comma separates what is in a function. Write decimals with a point: 1.5.")),
        Word::Compare(_) => Err(rest.problem("Compare two values at a time, in parentheses.")),
        _ => Err(rest.problem("A sign is missing before this: +, -, * or /.")),
    }
}

/// The text with other names for metrics: (as it was called, as it is called). A text that is no equation stays as it is.
pub(super) fn renamed(text: &str, names: &[(&str, &str)]) -> String {
    let letters: Vec<char> = text.chars().collect();
    let Ok(tokens) = tokens(&letters) else {
        return text.to_owned();
    };
    let mut renamed = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let Word::Name { text, quoted } = &token.word else {
            continue;
        };
        let opens = tokens
            .get(at + 1)
            .is_some_and(|next| next.word == Word::Open);
        let wanted = folded(text);
        let new = names.iter().find(|(was, _)| folded(was) == wanted);
        if let Some((_, now)) = new.filter(|_| *quoted || !opens) {
            renamed.extend(&letters[copied..token.from]);
            renamed.push_str(&written(now));
            copied = token.to;
        }
    }
    renamed.extend(&letters[copied..]);
    renamed
}

fn tokens(letters: &[char]) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let from = at;
        if letter.is_whitespace() {
            at += 1;
            continue;
        }
        let next = letters.get(at + 1).copied();
        let (word, length) = match (letter, next) {
            ('0'..='9', _) | ('.', Some('0'..='9')) => number(letters, at)?,
            ('"' | '“' | '”' | '[', _) => quoted(letters, at)?,
            (letter, _) if letter.is_alphabetic() || letter == '_' => name(letters, at),
            ('+', _) => (Word::Plus, 1),
            ('-' | '−' | '–', _) => (Word::Minus, 1),
            ('*' | '×' | '·', _) => (Word::Times, 1),
            ('/' | '÷', _) => (Word::Over, 1),
            ('(', _) => (Word::Open, 1),
            (')', _) => (Word::Close, 1),
            (',' | ';', _) => (Word::Comma, 1),
            ('<', Some('=')) => (Word::Compare(Comparison::AtMost), 2),
            ('<', Some('>')) | ('!', Some('=')) => (Word::Compare(Comparison::Unequal), 2),
            ('>', Some('=')) => (Word::Compare(Comparison::AtLeast), 2),
            ('=', Some('=')) => (Word::Compare(Comparison::Equal), 2),
            ('<', _) => (Word::Compare(Comparison::Less), 1),
            ('>', _) => (Word::Compare(Comparison::More), 1),
            ('≤', _) => (Word::Compare(Comparison::AtMost), 1),
            ('≥', _) => (Word::Compare(Comparison::AtLeast), 1),
            ('≠', _) => (Word::Compare(Comparison::Unequal), 1),
            ('=', _) => (Word::Compare(Comparison::Equal), 1),
            ('%', _) => {
                let message = "Equations know no %. Divide by 100, or write 0.8 for 80 %.";
                return Err(problem(from, from + 1, message));
            }
            (letter, _) => {
                let message = format!(
                    "An equation can't hold “{letter}”. Put names that hold signs in quotes."
                );
                return Err(problem(from, from + 1, message));
            }
        };
        at += length;
        tokens.push(Token { word, from, to: at });
    }
    let end = letters.len();
    tokens.push(Token {
        word: Word::End,
        from: end,
        to: end,
    });
    Ok(tokens)
}

fn number(letters: &[char], from: usize) -> Result<(Word, usize), Problem> {
    let digits = letters[from..]
        .iter()
        .take_while(|letter| letter.is_ascii_digit() || **letter == '.');
    let text: String = digits.collect();
    let length = text.len();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Word::Number(number), length)),
        Ok(_) => Err(problem(from, from + length, "This number is too large.")),
        Err(_) => Err(problem(
            from,
            from + length,
            "Write a number like 1.5, with one point.",
        )),
    }
}

fn quoted(letters: &[char], from: usize) -> Result<(Word, usize), Problem> {
    let closes = |letter: &char| match letters[from] {
        '[' => *letter == ']',
        _ => matches!(letter, '"' | '“' | '”'),
    };
    match letters[from + 1..].iter().position(closes) {
        Some(length) => {
            let text = letters[from + 1..=from + length].iter().collect();
            Ok((Word::Name { text, quoted: true }, length + 2))
        }
        None => Err(problem(
            from,
            letters.len(),
            "This quote does not end. Close it after the name.",
        )),
    }
}

/// A name runs over the words that follow it, as two values never stand side by side.
fn name(letters: &[char], from: usize) -> (Word, usize) {
    let belongs =
        |letter: &char| letter.is_alphanumeric() || *letter == '_' || letter.is_whitespace();
    let text: String = letters[from..]
        .iter()
        .take_while(|letter| belongs(letter))
        .collect();
    let text = text.trim_end().to_owned();
    let length = text.chars().count();
    (
        Word::Name {
            text,
            quoted: false,
        },
        length,
    )
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Names as they are called and as they are compared.
    names: Vec<(String, String)>,
}

impl Parser {
    /// The next token; the last one is always the end.
    fn peek(&self) -> Token {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens
            .get(self.at.min(last))
            .cloned()
            .unwrap_or(Token {
                word: Word::End,
                from: 0,
                to: 0,
            })
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if self.depth == DEPTH_MAX {
            let message = format!("This nests more than {DEPTH_MAX} deep. Write it more simply.");
            return Err(self.peek().problem(message));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn comparison(&mut self) -> Result<Node, Problem> {
        let left = self.sum()?;
        let Word::Compare(comparison) = self.peek().word else {
            return Ok(left);
        };
        self.next();
        let right = self.sum()?;
        Ok(Node::Compare(comparison, Box::new(left), Box::new(right)))
    }

    fn sum(&mut self) -> Result<Node, Problem> {
        let first = self.product()?;
        let mut terms = vec![(false, first)];
        loop {
            let minus = match self.peek().word {
                Word::Plus => false,
                Word::Minus => true,
                _ => break,
            };
            self.next();
            terms.push((minus, self.product()?));
        }
        Ok(joined(terms, Node::Sum))
    }

    fn product(&mut self) -> Result<Node, Problem> {
        let first = self.signed()?;
        let mut factors = vec![(false, first)];
        loop {
            let divides = match self.peek().word {
                Word::Times => false,
                Word::Over => true,
                _ => break,
            };
            self.next();
            factors.push((divides, self.signed()?));
        }
        Ok(joined(factors, Node::Product))
    }

    fn signed(&mut self) -> Result<Node, Problem> {
        match self.peek().word {
            Word::Minus => {
                self.next();
                let node = self.deeper(Self::signed)?;
                Ok(Node::Negative(Box::new(node)))
            }
            Word::Plus => {
                self.next();
                self.deeper(Self::signed)
            }
            _ => self.value(),
        }
    }

    fn value(&mut self) -> Result<Node, Problem> {
        let token = self.next();
        match &token.word {
            Word::Number(number) => Ok(Node::Number(*number)),
            Word::Open => {
                let inner = self.deeper(Self::comparison)?;
                self.close(&token)?;
                Ok(inner)
            }
            Word::Name {
                text,
                quoted: false,
            } if self.peek().word == Word::Open => self.call(text, &token),
            Word::Name { text, .. } => self.metric(text, &token),
            Word::End => {
                Err(token.problem("Something is missing here: a number, a metric or a (."))
            }
            _ => Err(token.problem("A number, a metric or a ( has to stand before this.")),
        }
    }

    fn close(&mut self, open: &Token) -> Result<(), Problem> {
        let token = self.next();
        match token.word {
            Word::Close => Ok(()),
            Word::End => Err(open.problem("This ( is never closed. Add a ) where it ends.")),
            Word::Comma => {
                Err(token.problem("A comma separates what is in a function, not in parentheses."))
            }
            Word::Compare(_) => Err(token.problem("Compare two values at a time, in parentheses.")),
            _ => Err(token.problem("A sign is missing before this: +, -, * or /.")),
        }
    }

    fn call(&mut self, name: &str, token: &Token) -> Result<Node, Problem> {
        let word = folded(name);
        let Some((_, function)) = Function::ALL.into_iter().find(|(known, _)| *known == word)
        else {
            let message = match self.names.iter().any(|(_, known)| *known == word) {
                true => format!("A sign is missing between “{name}” and the (: +, -, * or /."),
                false => format!(
                    "There is no function “{name}”. There are min, max, round, ceil, abs and if."
                ),
            };
            return Err(token.problem(message));
        };
        let open = self.next();
        let mut arguments = Vec::new();
        if self.peek().word != Word::Close {
            arguments.push(self.deeper(Self::comparison)?);
            while self.peek().word == Word::Comma {
                self.next();
                arguments.push(self.deeper(Self::comparison)?);
            }
        }
        self.close(&open)?;
        let (least, most) = function.takes();
        if arguments.len() < least || arguments.len() > most {
            return Err(token.problem(match function {
                Function::If => "if takes three values: if(condition, then, otherwise).".to_owned(),
                Function::Min | Function::Max => format!("{word} takes one or more values."),
                Function::Round | Function::Ceil | Function::Abs => {
                    format!("{word} takes one value.")
                }
            }));
        }
        Ok(Node::Call(function, arguments))
    }

    fn metric(&self, name: &str, token: &Token) -> Result<Node, Problem> {
        let wanted = folded(name);
        let mut found = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, (_, known))| *known == wanted && !wanted.is_empty());
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(Node::Metric(index)),
            (Some(_), Some(_)) => {
                let message = format!("Two metrics are called “{name}”. Rename one of them.");
                Err(token.problem(message))
            }
            (None, _) => Err(token.problem(self.unknown(name, &wanted))),
        }
    }

    fn unknown(&self, name: &str, wanted: &str) -> String {
        if Function::ALL.iter().any(|(known, _)| *known == wanted) {
            return format!("Write what {wanted} works on in parentheses: {wanted}(…).");
        }
        let near = self
            .names
            .iter()
            .map(|(called, known)| (distance(known, wanted), called))
            .min();
        match near {
            Some((changes, called)) if changes <= 2 && changes < wanted.chars().count() => {
                format!("There is no metric “{name}”. Did you mean “{called}”?")
            }
            _ => format!("There is no metric “{name}”. Add it, or choose one that is there."),
        }
    }
}

fn joined(mut parts: Vec<(bool, Node)>, make: fn(Vec<(bool, Node)>) -> Node) -> Node {
    match parts.pop() {
        Some((_, only)) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            make(parts)
        }
        None => Node::Number(0.0),
    }
}

/// How many letters to add, remove or change to get from one word to the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
