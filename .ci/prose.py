#!/usr/bin/env python3
"""Finds phrases that slow a reader, in Markdown pages, comments, messages and test titles, and says what to write instead.

usage: prose.py [--all] [PATH…]   PATH: files or folders to check instead of those in HELD; --all: the whole project

The rules are data: PHRASES are wrong anywhere in a sentence, STARTS only at its beginning. TEXTS and TITLES are wrong
in string literals and in the titles of tests. The self-test, tests/prose_test.py, runs each rule on its example.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Files and folders that must have no findings. To add one, rewrite its prose first.
HELD = ("README.md", "SECURITY.md", "CHANGELOG.md", "docs", "wasi", "examples", "fuzz", "spec-tests", "tests", "vm",
        "host", "dev")
SUFFIXES = (".md", ".hpp", ".cpp", ".def", ".h", ".c")


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern
    instead: str
    example: str  # a sentence in which the rule finds something
    where: str = "everywhere"  # or "comments", "texts", "titles"


def phrase(pattern, instead, example, where="everywhere"):
    return Rule(re.compile(pattern, re.IGNORECASE), instead, example, where)


def start(pattern, instead, example, where="everywhere"):
    return Rule(re.compile(rf"^(?:{pattern})"), instead, example, where)


BE = r"(?:is|are|was|were|be)"
PHRASES = (
    # Persons without a face.
    phrase(r"\b(?:no|some|any|every)body(?:'s)?\b", "the party: \"no caller\", \"another thread\", \"the embedder\"",
           "Somebody else took the byte."),
    phrase(r"\bwhom?ever\b|\bwhom\b", "the party: \"callers that …\"", "Handed to whoever waits longest."),
    phrase(r"\b(?:for|of|by|to|from|with|than|as) who\b", "the party: \"for callers that …\"", "For who calls it."),
    phrase(r"\b(?:he|him|his)\b", "\"they\", or the party's name", "The user knows it if he asked.", "comments"),
    phrase(r"\b(?:no|nobody's|not \w+'s) business\b|'s business\b", "\"hidden from …\", or \"up to …\"",
           "The parent is not the program's business."),
    # Words that are translated.
    phrase(r"\bbehind\b", "\"after\", \"at the end of\", \"below\"", "The table stands behind the instruction."),
    phrase(r"\bgo(?:es|ne)? on\b|\bwent on\b|(?<!is )\bgoing on\b", "\"continue\" or \"resume\"", "The call goes on."),
    phrase(rf"(?<!there )\b{BE} no (?!longer|more|less|greater|larger|smaller|later|earlier|worse|better|different)",
           "\"is not a …\"", "It is no module."),
    phrase(rf"(?<!there )\b{BE} none\b", "\"is not one\"", "Zero when it is none."),
    phrase(rf"\b{BE} (?:not )?there(?=[.,;:)]|$| (?:when|if|already|but|to)\b)", "\"exists\" or \"is available\"",
           "What it needs is there already."),
    phrase(rf"\b(?:{BE}|been) looked at\b", "\"is checked\", \"is read\"", "The file is looked at."),
    phrase(r"\blook(?:s|ed|ing)? at (?:the )?(?:clock|deadline|interrupt|fuel|time)s?\b", "\"check the deadline\"",
           "The loop looks at the clock."),
    phrase(rf"\b(?:{BE}|been) told\b", "\"is reported\", \"is notified\"", "The caller is told."),
    phrase(r"\btells? of\b", "\"reports\"", "Tells of each change."),
    phrase(r"\banew\b", "\"again\"", "It is read anew."),
    phrase(r"\bbut for\b", "\"except\"", "All of them but for the first."),
    phrase(r"\bnothing but\b", "\"only\"", "It holds nothing but names."),
    phrase(r"\bfor want of\b", "\"because … is missing\"", "It fails for want of memory."),
    phrase(r"\bheed(?:s|ed|ing)?\b", "\"obey\"", "It heeds interrupts."),
    phrase(r"\b(?:stay|keep|remain)s? good\b", "\"stays valid\"", "Cookies stay good."),
    phrase(r"\bby chance\b", "\"randomly\"", "Keyed by chance."),
    phrase(r"\bthe books\b", "the thing: \"the quota lock\", \"the counts\"", "It waits for the books."),
    phrase(r"\b(?:became|becomes?|come|comes|came) of (?:it|them|that|a|the)\b", "\"happens to\", \"results from\"",
           "What becomes of it is shown."),
    phrase(r"\bknows? (?:nothing|no \w+) of\b", "\"does not depend on\", \"does not use\"", "It knows nothing of it."),
    phrase(r"\b(?:have|has|had) (?:a|the|no) say\b", "\"decides\", \"influences\"", "Where a guest has a say."),
    phrase(r"\b(?:can|could|may) (?:not |only )?be had\b|\bcannot be had\b", "\"is available\"", "It cannot be had."),
    phrase(r"\ball the same\b", "\"nevertheless\"", "It is gone all the same."),
    phrase(r"\b(?:when|if|where) (?:that|it|this) is so\b", "\"if so\", or the condition", "It waits when that is so."),
    phrase(r"\bdo(?:es)? what (?:they|it|their names?|its name) says?\b", "what it does", "They do what they say."),
    phrase(r"\b(?:there|here|where)(?:by|in|of|upon|with)\b", "a new sentence", "Memory whereof it has none."),
    phrase(r"\bneighbours on the machine\b", "\"other load on the machine\"", "Neighbours on the machine slow it."),
    phrase(r"\bin (?:his|her|one's) turn\b|\bin turn again\b", "the order", "Each is asked in his turn."),
    # Possession turned around.
    phrase(r"\bof (?:its|their|one's|our) own\b", "\"its own …\"", "In a process of its own."),
    phrase(r"\bone's own\b", "\"its own\", \"your own\"", "A process of one's own."),
    phrase(r"\b(?:else|or|and|then) the \w+'s(?=[.;)]|$)|\w's (?:are|were)\b", "the noun: \"the system's errors\"",
           "Errors: those of open, else the system's."),
    phrase(r"\bof (?:the|a|its) (?:\w+ )?\w+'s(?=[.,;:)]|$)", "\"of the …\" without \"'s\"",
           "A sleep of the system's."),
)
STARTS = (
    start(r"Of\b(?! course)", "the subject first: \"Zeros for rows …\"", "Of rows without any; none is longer."),
    start(r"Who(?:m|se|ever)?\b(?!.*\?$)", "the party: \"Callers that …\"",
          "Who finds the door closed was not here."),
    start(r"What(?:ever)? (?:is|are|was|were|has|have|had|does|do|did|must|may|might|can|cannot|could|should|will|"
          r"would|asks|begins|belongs|changes|comes|counts|ends|fits|follows|gives|goes|lies|makes|needs|reads|remains|runs|"
          r"stands|stays|takes|waits|wants|works)\b(?! .*\?$)", "the thing: \"Data that …\", \"Files that …\"",
          "What does not fit stays in the pipe."),
    start(r"(?:Those|Nothing|All|None) (?:that|who|whose|which|of what)\b", "the noun: \"Signals that …\"",
          "Those whose action is to do nothing."),
    start(r"(?:For|From|To|By|With|In|On|At|After|Before|Than|As|Without) (?:what|whatever|who|how)\b(?!.*\?$)",
          "the subject first", "For what changes a file."),
    start(r"Without any\b", "the subject first", "Without any, all are granted."),
    start(r"(?:Is|Are|Was|Were|Does|Do|Did|Has|Have|Had|Can|May|Must|Should|Will|Would|Which|Why|Who)\b.*\?$",
          "a statement: \"True if …\"", "Is there something to report?", "comments"),
    start(r"(?:If|When) (?:not|so), not\b", "the condition and the result", "If not, not."),
)
# Only in the string literals of programs, titles of tests included.
TEXTS = (
    phrase(r"\bgiven (?:are|is)\b|\basked for (?:is|are)\b|\bwanted (?:is|are)\b", "\"got …\", \"not …\"",
           "the function takes 2 arguments, given are 3", "texts"),
    phrase(r"\bmeanwhile\b", "\"in the meantime\", or the event", "the plugin was unloaded meanwhile", "texts"),
    phrase(r"\b(?:are|is|were|was) loaded already\b|\bwait already\b", "\"already\" before the participle or noun",
           "the plugin is loaded already", "texts"),
    phrase(r"\bsomething of\b|\bthings? of another\b", "the noun: \"an object of …\"", "something of another store",
           "texts"),
    phrase(rf"\b{BE} given up\b|\bgiving up a\b", "\"is cancelled\"", "the call was given up", "texts"),
    phrase(r"\bserves? on\b|\bpass(?:es)? on the\b", "\"keeps serving\", \"returns\"", "The old version serves on.",
           "texts"),
    phrase(r"\bthere are: ", "\"available: \"", "no such build; there are: release", "texts"),
    phrase(r"\bthan it (?:is given|promises)\b|\bas many as it may\b|\bat most so much\b", "the limit",
           "it takes more than it is given", "texts"),
    phrase(r"\btold (?:not to|of|when|after|in)\b|(?:^|, )told\b", "\"reported\"", "many writes are one change, told once",
           "texts"),
    phrase(r"\bwithout saying (?:why|so)\b|\b(?:and|that|error) says so\b", "the error",
           "a host function failed without saying why", "texts"),
    phrase(r"\b(?:words?|names?|texts?|bytes) that (?:are|is) no\b|\bare no failures\b", "\"are not …\"",
           "bytes that are no UTF-8", "texts"),
    phrase(r"\b(?:cannot|can|could|may) be had\b|\bmay have been meant\b", "\"is available\", \"suggestions\"",
           "a stack that cannot be had", "texts"),
    phrase(r"\bdo no more than their names\b|\bit is told\b", "the thing itself", "whatever it is told", "texts"),
)
# The title of a test is a statement with a subject, or a noun. The area before a colon is not part of it.
AREA = r"^(?:[\w -]+: )?"
TITLES = (
    phrase(rf"{AREA}(?:what|whoever|who|whatever|(?:nothing|all) (?:that|to))\b", "the subject: \"data that …\"",
           "quota: what was removed is given back", "titles"),
    phrase(rf"{AREA}(?:of|behind|where) ", "the subject first", "of equal sequences the last counts", "titles"),
    phrase(rf"{AREA}by itself\b|, (?:each of them|one more|once more)$|\bcomes? back\b|\bgoes away\b",
           "what happens: \"is removed\", \"is given back\"", "right assertions pass, each of them", "titles"),
    phrase(rf"{AREA}no \w+ (?:is|are) no\b|\bon the way$|\bwith what fitted\b|\bfor good$", "a statement",
           "a deadline ends a call for good", "titles"),
    phrase(r"\b(?:is|are|was|were) (?:not )?there\b|\bbe there\b|\bis gone\b", "\"exists\", \"is missing\"",
           "every function is there, with its type", "titles"),
    phrase(r"\b(?:those|callers|others) (?:in )?who\b", "the party: \"waiting calls\"", "unloading refuses those who wait",
           "titles"),
)

INDEX_BEGIN, INDEX_END = "<!-- files:", "<!-- and here -->"  # .ci/file_index.py writes what is between them
MARKDOWN_CODE = re.compile(r"^\s*(```|~~~)")
CODE_SPAN = re.compile(r"`[^`]*`")
QUOTE = re.compile(r"\"[^\"]*\"")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
COMMENT = re.compile(r"^(?P<before>(?:[^\"/]|\"(?:[^\"\\]|\\.)*\"|/(?!/))*)//[/!]?<?(?: (?P<text>.*))?$")
LITERALS = re.compile(r"""(?P<left_out>R"(\w*)\(.*?\)\2"|//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)+'|^\#[^\n]*)|"""
                      r"""(?:(?P<title>\b(?:TEST_CASE(?:_METHOD)?|SECTION|DYNAMIC_SECTION)\((?:\w+,\s*)?))?"""
                      r"""(?P<words>"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*)""", re.DOTALL | re.MULTILINE)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SHELL_TEXT = re.compile(r'\b(?:say|die) "((?:[^"\\]|\\.)*)"|<<\'TEXT\'\n(.*?)^TEXT$', re.DOTALL | re.MULTILINE)
C_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/", re.MULTILINE | re.DOTALL)
NOT_PROSE = re.compile(r"NOLINT|clang-format (?:on|off)|^\s*-{3,}|^namespace\b|https?:")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"`])")


@dataclass
class Piece:
    """A paragraph, a table cell or a comment block: words of one line or several."""
    kind: str  # "text", "label" (headings and table cells: no STARTS), "comments", "texts", "titles"
    lines: list  # (line number, text)


def markdown_pieces(text, newest_only):
    """The page's paragraphs, list items, headings and table cells, without code; with newest_only up to its second ##."""
    pieces, in_code, in_index, sections = [], False, False, 0
    paragraph = None
    for number, line in enumerate(text.splitlines(), 1):
        if MARKDOWN_CODE.match(line):
            in_code, paragraph = not in_code, None
            continue
        in_index = (in_index or line.startswith(INDEX_BEGIN)) and not line.startswith(INDEX_END)
        if in_code or in_index or not line.strip() or line.startswith("<!--"):
            paragraph = None
            continue
        if line.startswith("## "):
            sections += 1
            if newest_only and sections > 1:
                break
        if line.startswith("#"):
            pieces.append(Piece("label", [(number, line.lstrip("# "))]))
            paragraph = None
        elif line.startswith("|"):
            cells = CODE_SPAN.sub(lambda span: span[0].replace("|", "/"), line).strip("|").split("|")
            pieces += [Piece("label", [(number, cell.strip())]) for cell in cells]
            paragraph = None
        else:
            item = re.match(r"\s*(?:[-*]|\d+\.) +", line)
            if item or paragraph is None:
                paragraph = Piece("text", [])
                pieces.append(paragraph)
            paragraph.lines.append((number, line[item.end():] if item else line.strip()))
    return pieces


def comment_pieces(text):
    """The comment blocks: lines of // in one column, comments after code, and /* … */ that begin a line."""
    pieces, column = [], None
    for found in C_COMMENT.finditer(text):
        first = text.count("\n", 0, found.start()) + 1
        lines = enumerate((line.strip(" */\t") for line in found[0].splitlines()), first)
        pieces.append(Piece("comments", [(n, words) for n, words in lines if words and not NOT_PROSE.search(words)]))
    for number, line in enumerate(text.splitlines(), 1):
        found = COMMENT.match(line)
        if not found:
            column = None
            continue
        words = (found["text"] or "").strip()
        begins = found.end("before")
        alone = not found["before"].strip()
        if alone and column == begins and words and not NOT_PROSE.search(words):
            pieces[-1].lines.append((number, words))
        elif words and not NOT_PROSE.search(words):
            pieces.append(Piece("comments", [(number, words)]))
            column = begins
        else:
            column = None
    return pieces


def literal_pieces(text):
    """The string literals: neighbours are one text. Raw ones hold modules and JSON, and are left out."""
    pieces = []
    for found in LITERALS.finditer(text):
        if not found["words"]:
            continue
        lines = []
        for literal in LITERAL.finditer(found["words"]):
            number = text.count("\n", 0, found.start("words") + literal.start()) + 1
            lines.append((number, literal[1].replace("\\n", " ").replace('\\"', "`")))
        # What is inserted follows a literal that ends with a space.
        lines[-1] = (lines[-1][0], lines[-1][1] + ("…" if lines[-1][1].endswith(" ") else ""))
        pieces.append(Piece("titles" if found["title"] else "texts", lines))
    return pieces


def shell_pieces(text):
    """What the script says: the arguments of say and die, and the help."""
    pieces = []
    for found in SHELL_TEXT.finditer(text):
        first = text.count("\n", 0, found.start(1 if found[1] is not None else 2)) + 1
        pieces += [Piece("texts", [line]) for line in enumerate((found[1] or found[2]).splitlines(), first)]
    return pieces


def sentences(piece):
    """(sentence, line number of a position in it) for each; code, quotations and the targets of links are left out."""
    text, starts = "", []
    for number, words in piece.lines:
        starts.append((len(text), number))
        text += words + " "
    # Masks are as long as the text that they hide, so that positions still belong to the same line.
    text = LINK.sub(lambda link: link[1].ljust(len(link[0])), text)
    for hidden in (CODE_SPAN, QUOTE):
        text = hidden.sub(lambda found: "`" + "x" * (len(found[0]) - 2) + "`", text)
    text = text.replace("**", "  ")
    position = 0
    for part in SENTENCE_END.split(text):
        position = text.index(part, position)
        yield part.rstrip(), lambda at, position=position: max(n for begins, n in starts if begins <= position + at)
        position += len(part)


RULES = {"text": PHRASES + STARTS, "comments": PHRASES + STARTS, "label": PHRASES, "texts": PHRASES + STARTS + TEXTS,
         "titles": PHRASES + TEXTS + TITLES}


def findings(pieces):
    """(line number, what was found, what to write instead)."""
    for piece in pieces:
        where = ("everywhere", "texts", "titles") if piece.kind == "titles" else ("everywhere", piece.kind)
        for sentence, line_of in sentences(piece):
            for rule in RULES[piece.kind]:
                if rule.where in where and (found := rule.pattern.search(sentence)):
                    yield line_of(found.start()), excerpt(sentence, found), rule.instead


def excerpt(sentence, found):
    """The words around what was found."""
    begin, end = max(0, found.start() - 30), min(len(sentence), max(found.end(), found.start() + 20) + 30)
    return ("…" if begin else "") + sentence[begin:end] + ("…" if end < len(sentence) else "")


def check(path, text):
    if path.suffix == ".md":
        return list(findings(markdown_pieces(text, path.name == "CHANGELOG.md")))
    if path.name == "dev":
        return list(findings(shell_pieces(text)))
    titles_only = path.parts[0] == "tests"  # the other literals of tests are data
    literals = [piece for piece in literal_pieces(text) if piece.kind == "titles" or not titles_only]
    return list(findings(comment_pieces(text) + literals))


def files(paths):
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *paths],
                            capture_output=True, text=True, check=True).stdout.split()
    return [path for path in map(Path, listed) if (path.suffix in SUFFIXES or path.name == "dev") and path.exists()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="check the whole project, also what is not held to it yet")
    parser.add_argument("paths", nargs="*", metavar="PATH")
    options = parser.parse_args()

    checked = files(options.paths or (["."] if options.all else HELD))
    count = 0
    for path in checked:
        for number, text, instead in check(path, path.read_text()):
            print(f"{path}:{number}: {text.strip()}\n    write {instead}")
            count += 1
    print(f"prose: {len(checked)} files, {count} findings")
    return 1 if count or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
