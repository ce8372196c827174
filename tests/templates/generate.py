"""Random templates and data, seeded, that use every construct of eddy's templates.

Expressions have a wanted type, so that most of them have a value; now and then another type slips in, so that faults
are compared too. `used` counts directives, operators, functions and methods.
"""

import collections
import random

TEXTS = ["", "a", "Hello World", "x<y & z", "é", "ß", "ÄÖ", "日本", "one two  three", "a,b,,c", "12", "-7", "3.5", " pad ",
         "TiTle Case", "tab\tnew\nline", "'quoted'", '"double"', "%d%%", "{}", "_id", "½²", "ΌΣΟΣ", "\U0001f600"]
INTEGERS = [0, 1, 2, 3, 5, 7, 10, 16, 100, 255, 1000, -1, -2, -3, -10, 12345, 1 << 31, -(1 << 40)]
REALS = [0.0, 0.5, 1.0, 1.5, 2.5, -0.5, -2.5, 3.14159, 0.1, 1e16, 1e15, 123456.789, 1e-5, -1e100, 2.675, 1e22]
SPECS = {
    "int": ["", "d", "5", "<5", ">5d", "^7", "05", "+", " ", "-", ",", "_", "x", "X", "o", "b", "#x", "#b", "#o", "c",
            "08b", "=+6", "*^9", "n", ".2f", "e", "g", "%", "010,", "_x", "s", ".2"],
    "float": ["", "f", ".2f", ".0f", "e", ".3e", "g", ".3g", "G", "%", ".1%", "10.2f", "<10", "^10.1f", "+.2f", "010.3f", ",",
              ",.2f", "_.1f", ".3", ".0", "n", "#.0f", "z.1f", "E", "F", "d", "=10"],
    "str": ["", "s", "5", "<6", ">6", "^6", "*^9", ".2", "10.3", "06", "=5", "+", ",", "d", "é>4"],
}
PERCENTS = {
    "int": ["%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%#x", "%X", "%o", "%#o", "%i", "%u", "%c", "%.3d", "%s", "%r",
            "%f", "%e", "%ld"],
    "float": ["%f", "%.2f", "%8.3f", "%-8.1f|", "%08.2f", "%+f", "%e", "%.1e", "%g", "%G", "%E", "%F", "%s", "%r", "%d",
              "%.0f", "%#.0f", "%x"],
    "str": ["%s", "%5s", "%-5s|", "%.2s", "%r", "%a", "%c", "%d", "%10.3s", "%%", "%y", "%"],
}
ARITHMETIC = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "^", "|"]
AUGMENTED = ["+=", "-=", "*=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^="]
COMPARISONS = ["<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"]
# Methods by type, as the types of their arguments; "?" begins those that may be left out.
METHODS = {
    "str": {
        "capitalize": [], "casefold": [], "center": ["width", "?", "char"], "count": ["str", "?", "int", "int"],
        "endswith": ["str", "?", "int"], "expandtabs": ["?", "width"], "find": ["str", "?", "int", "int"], "format": None,
        "format_map": ["dict"], "index": ["str"], "isalnum": [], "isalpha": [], "isascii": [], "isdecimal": [],
        "isdigit": [], "isidentifier": [], "islower": [], "isnumeric": [], "isprintable": [], "isspace": [], "istitle": [],
        "isupper": [], "join": ["texts"], "ljust": ["width", "?", "char"], "lower": [], "lstrip": ["?", "str"],
        "maketrans": ["str", "str"], "partition": ["str"], "removeprefix": ["str"], "removesuffix": ["str"],
        "replace": ["str", "str", "?", "int"], "rfind": ["str", "?", "int"], "rindex": ["str"],
        "rjust": ["width", "?", "char"], "rpartition": ["str"], "rsplit": ["?", "str", "int"], "rstrip": ["?", "str"],
        "split": ["?", "str", "int"], "splitlines": ["?", "bool"], "startswith": ["str", "?", "int"], "strip": ["?", "str"],
        "swapcase": [], "title": [], "translate": ["table"], "upper": [], "zfill": ["width"],
    },
    "list": {
        "append": ["any"], "clear": [], "copy": [], "count": ["any"], "extend": ["list"], "index": ["any"],
        "insert": ["int", "any"], "pop": ["?", "int"], "remove": ["any"], "reverse": [], "sort": [],
    },
    "tuple": {"count": ["any"], "index": ["any"]},
    "dict": {
        "clear": [], "copy": [], "fromkeys": ["texts", "?", "any"], "get": ["key", "?", "any"], "items": [], "keys": [],
        "pop": ["key", "?", "any"], "popitem": [], "setdefault": ["key", "?", "any"], "update": ["dict"], "values": [],
    },
    "set": {
        "add": ["int"], "clear": [], "copy": [], "difference": ["set"], "difference_update": ["list"], "discard": ["int"],
        "intersection": ["set"], "intersection_update": ["set"], "isdisjoint": ["set"], "issubset": ["set"],
        "issuperset": ["set"], "pop": [], "remove": ["int"], "symmetric_difference": ["set"],
        "symmetric_difference_update": ["set"], "union": ["set"], "update": ["set"],
    },
    "int": {"bit_length": [], "bit_count": [], "conjugate": [], "as_integer_ratio": []},
    "float": {"is_integer": [], "hex": [], "conjugate": [], "as_integer_ratio": []},
    "range": {"count": ["int"], "index": ["int"]},
}
# Functions as the types of their arguments.
FUNCTIONS = {
    "len": ["container"], "range": ["small", "?", "small", "small"], "str": ["?", "any"], "int": ["?", "number"],
    "float": ["?", "number"], "bool": ["?", "any"], "list": ["?", "container"], "tuple": ["?", "container"],
    "dict": ["?", "pairs"], "set": ["?", "ints"], "sorted": ["list"], "reversed": ["list"], "enumerate": ["list", "?", "int"],
    "zip": ["list", "?", "list"], "min": ["ints"], "max": ["ints"], "sum": ["ints", "?", "int"], "abs": ["number"],
    "any": ["list"], "all": ["list"], "round": ["number", "?", "digits"], "divmod": ["number", "number"],
    "pow": ["number", "small", "?", "int"], "repr": ["any"], "ascii": ["any"], "chr": ["point"], "ord": ["char"],
    "hex": ["int"], "oct": ["int"], "bin": ["int"], "format": None, "isinstance": ["any", "class"], "callable": ["any"],
    "hasattr": ["any", "attribute"], "getattr": ["any", "attribute", "?", "any"], "map": ["function", "list"],
    "filter": ["function", "list"], "iter": ["list"], "next": ["iterator", "?", "any"], "type": ["any"], "issubclass": ["class", "class"],
    "escape": ["str"], "url_escape": ["str", "?", "bool"], "json_encode": ["any"], "squeeze": ["str"], "linkify": ["str"],
}
LAZY = {"reversed", "enumerate", "zip", "map", "filter", "iter"}
CLASSES = ["int", "str", "float", "list", "dict", "tuple", "set", "bool", "(int, str)", "(list, (tuple, dict))"]
ATTRIBUTES = ["upper", "append", "keys", "real", "nope", "__name__"]
CASTS = ["str", "int", "float", "len", "repr", "bool", "str.lower", "str.upper", "abs", "str.strip"]
# What each rule of Tornado's tags allows or forbids, by its number in the contract.
RULES = {
    "T1 lone braces": ["a { b } c", "}} %} #}", "{ x", "{x}"],
    "T2 more braces": ["{{{ 5 }}}", "{{{{ text }}}}", "{{{{{ 1 }}}}}"],
    "T3 the first end": ["{{ {'a': {'b': 1} } }}", "{{ '} }' }}", "{% raw '% }' %}"],
    "T4 escaped tags": ["{{! x }}", "{%! if %}", "{#! c #}"],
    "T5 blanks in tags": ["{{\n  number\n}}", "{{\u00a01\u00a0}}", "{{\t1\r\n}}", "{%  raw   1  %}"],
    "T6 operators": ["{%raw 1%}", "{%if yes%}y{%end%}"],
    "T7 comments": ["{# {{ x }} #}", "{#\n#}", "{% comment {{ x %}", "{% comment %}"],
    "T8 ends": ["{% if yes %}y{% end if %}", "{% if yes %}y{% end anything at all %}"],
    "T9 names of files": ["{% include 'part.html' %}", '{% include "part.html" %}', "{% include part.html %}"],
    "T10 names of blocks": ["{% block my block %}b{% end %}", "{% block 'q' %}q{% end %}"],
    "T11 statements": ["{% set z = 1; y = 2 %}{{ z + y }}", "{% set z = y = [1] %}{% set z.append(2) %}{{ y }}",
                       "{% set z, *y = 'abc' %}{{ y }}"],
    "T12 imports": ["{% import os %}", "{% from os import path %}"],
    "T13 raw and module": ["{% raw '<' %}", "{% module Template('part.html', number=1) %}"],
    "T14 autoescape": ["{% autoescape None %}{{ '<' }}", "{% autoescape url_escape %}{{ '<' }}", "{% autoescape %}{{ '<' }}",
                       "{% autoescape nope %}{{ '<' }}"],
    "T15 whitespace": ["{% whitespace all %}a  b\n\nc", "{% whitespace oneline %}a  b\n\nc", "{% whitespace single %}a  b\n\nc"],
    "T16 control": ["{% if no %}{% elif yes %}e{% else %}f{% end %}", "{% for i in [] %}{% else %}e{% end %}",
                    "{% while 0 %}{% else %}e{% end %}", "{% try %}{{ 1/0 }}{% except %}c{% finally %}f{% end %}"],
    "T17 break and continue": ["{% for i in range(3) %}{% if i == 1 %}{% continue %}{% end %}{{ i }}{% end %}",
                               "{% for i in words %}{{ i }}{% break %}{% else %}e{% end %}",
                               "{% while 1 %}{% try %}{% break %}{% finally %}f{% end %}{% end %}"],
    "T18 apply": ["{% apply escape %}<b>{% end %}", "{% apply squeeze %} a  b {% end %}", "{% apply len %}x{% end %}",
                  "{% apply lambda s: s %}x{% end %}"],
    "T19 expressions": ["{{ 1, 2 }}", "{{ None }}", "{{ 1 # note }}", "{{ [1,\n2] }}", "{{ 1 +\n2 }}"],
    "T20 dead text": ["{% extends 'base.html' %}{{ nope }}{% set a = nope %}"],
    "T21 extends inside": ["{% if 0 %}{% extends 'base.html' %}{% end %}", "{% block e %}{% extends 'base.html' %}{% end %}"],
    "T22 several extends": ["{% extends 'base.html' %}{% extends 'other.html' %}"],
    "T23 blocks": ["{% block twice %}1{% end %}{% block twice %}2{% end %}", "{% block out %}o{% block in %}i{% end %}{% end %}"],
    "T24 includes": ["{% set w = 1 %}{% include 'part.html' %}{{ w }}", "{% if 0 %}{% include 'part.html' %}{% end %}"],
    "T25 cycles": ["{% include 'cycle.html' %}"],
    "T26 bytes": ["\ufeffa", "a\r\n\r\n b", "\u2028 \u3000 x", "\U0001f600"],
}
PARTS = {"part.html": "<{{ number }}>", "base.html": "base {% block main %}m{% end %}", "cycle.html": "{% include 'cycle.html' %}",
         "other.html": "other {% block main %}m{% end %}"}
FAULTS = ["{% if", "{{ }}", "{% nope %}", "{% end %}", "{{ 1 + }}", "{% else %}", "{% set %}", "{% for x %}{% end %}",
          "{{ 'a }}", "{% elif 1 %}", "{{ nope }}", "{% extends %}", "{% break %}",
          "{% whitespace x %}", "{% if 1: %}{% end %}", "{{ x y }}", "{% apply %}{% end %}", "{{ (1, }}", "{{! ok }}", "{{{ 1 }}}",
          "{# a", "{% block %}{% end %}", "{% raw %}", "{{ 1 if 2 }}"]


class Generator:
    """Makes one case after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.used = collections.Counter()
        self.names = []
        self.loops = 0

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return self.random.choice(items)

    def use(self, kind, name):
        self.used[kind, name] += 1
        return name

    def use_one(self, kind, names):
        """One of the names: often that which was used least."""
        if self.chance(0.5):
            return self.use(kind, min(names, key=lambda name: (self.used[kind, name], name)))
        return self.use(kind, self.pick(sorted(names)))

    # Data

    def value(self, depth):
        kind = self.random.randrange(9 if depth > 0 else 6)
        if kind < 2:
            return self.pick(TEXTS)
        if kind < 4:
            return self.pick(INTEGERS)
        if kind == 4:
            return self.pick(REALS)
        if kind == 5:
            return self.pick([None, True, False])
        if kind == 6:
            return [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        return {self.pick("abcxyz"): self.value(depth - 1) for _ in range(self.random.randrange(4))}

    def data(self):
        return {
            "text": self.pick(TEXTS), "number": self.pick(INTEGERS), "real": self.pick(REALS),
            "items": [self.value(1) for _ in range(self.random.randrange(5))],
            "words": [self.pick(TEXTS) for _ in range(self.random.randrange(5))],
            "counts": [self.pick(INTEGERS) for _ in range(self.random.randrange(1, 5))],
            "user": {"name": self.pick(TEXTS), "age": self.pick(INTEGERS), "tags": [self.pick(TEXTS)]},
            "rows": [[self.pick(INTEGERS), self.pick(TEXTS)] for _ in range(self.random.randrange(4))],
            "nothing": None, "yes": True,
        }

    # Expressions

    def literal_text(self, text):
        prefix = self.pick(["", "", "", "r", "u"])
        if prefix == "r" and not any(c in text for c in "'\n\t\\"):
            return f"r'{text}'"
        quoted = repr(text) if self.chance(0.7) else "'''" + text.replace("'", "\\'") + "'''"
        if self.chance(0.05):
            return f"({quoted} {self.pick(TEXTS)!r})"
        return quoted

    def str_(self, depth):
        if depth <= 0 or self.chance(0.3):
            return self.pick(["text", "user['name']", self.literal_text(self.pick(TEXTS))])
        choice = self.random.randrange(12)
        if choice < 5:
            return self.method("str", depth, self.str_(depth - 1))
        if choice == 5 and self.chance(0.5):
            self.use("operator", "+")
            return f"({self.str_(depth - 1)} + {self.str_(depth - 1)})"
        if choice == 5:
            self.use("operator", "*")
            return f"({self.str_(depth - 1)} * {self.pick([0, 1, 2, 3, -1])})"
        if choice == 6:
            return self.slice(self.str_(depth - 1), depth)
        if choice == 7:
            return self.percent(depth)
        if choice == 8:
            return self.format(depth)
        if choice == 9:
            return f"str({self.any_(depth - 1)})"
        if choice == 10:
            return f"{self.pick(['repr', 'ascii'])}({self.any_(depth - 1)})"
        return self.conditional("str", depth)

    def int_(self, depth):
        if depth <= 0 or self.chance(0.3):
            return self.pick(["number", str(self.pick(INTEGERS)), "len(items)", "counts[0]", "0x1f", "0b101", "1_000"])
        choice = self.random.randrange(8)
        if choice < 4:
            return self.arithmetic(self.int_, depth)
        if choice == 4:
            sign = self.pick("~-+")
            self.use("operator", "unary " + sign)
            return f"{sign}({self.int_(depth - 1)})"
        if choice == 5:
            return self.method("int", depth, f"({self.int_(depth - 1)})")
        if choice == 6:
            return f"{self.pick(['len(' + self.container(depth - 1), 'sum(' + self.ints(depth - 1), 'int(' + self.float_(depth - 1)])})"
        return self.conditional("int", depth)

    def float_(self, depth):
        if depth <= 0 or self.chance(0.4):
            return self.pick(["real", repr(self.pick(REALS)), "1e3", ".5", "2."])
        if self.chance(0.3):
            return self.method("float", depth, f"({self.float_(depth - 1)})")
        return self.arithmetic(self.number, depth)

    def number(self, depth):
        return self.pick([self.int_, self.float_])(depth)

    def arithmetic(self, operand, depth):
        operator = self.use_one("operator", ARITHMETIC)
        if operator in ("<<", ">>", "**"):
            return f"({operand(depth - 1)} {operator} {self.pick([0, 1, 2, 3, 5, -1])})"
        return f"({operand(depth - 1)} {operator} {operand(depth - 1)})"

    def bool_(self, depth):
        if depth <= 0 or self.chance(0.2):
            return self.pick(["yes", "True", "False", "nothing is None", "not items"])
        choice = self.random.randrange(7)
        if choice == 0:
            return f"({self.use('operator', 'not')} {self.any_(depth - 1)})"
        if choice == 1:
            return f"({self.any_(depth - 1)} {self.use('operator', self.pick(['and', 'or']))} {self.any_(depth - 1)})"
        if choice == 2:
            return f"({self.any_(0)} {self.use('operator', self.pick(['in', 'not in']))} {self.container(depth - 1)})"
        if choice == 3:
            return f"isinstance({self.any_(depth - 1)}, {self.pick(CLASSES)})"
        operand = self.pick([self.number, self.str_, self.list_, self.set_])
        if choice == 4:
            self.use("operator", "chained comparison")
            first, second = (self.use("operator", self.pick(COMPARISONS[:6])) for _ in range(2))
            return f"({operand(depth - 1)} {first} {operand(depth - 1)} {second} {operand(depth - 1)})"
        operator = self.use_one("operator", COMPARISONS)
        if operator.startswith("is"):
            return f"({self.any_(depth - 1)} {operator} {self.pick(['None', 'True', 'False'])})"
        return f"({operand(depth - 1)} {operator} {operand(depth - 1)})"

    def list_(self, depth):
        if depth <= 0 or self.chance(0.2):
            return self.pick(["items", "words", "counts", "rows", "[]", "[1, 2, 3]", "['b', 'a']", "user['tags']"])
        choice = self.random.randrange(10)
        if choice == 0:
            return "[" + ", ".join(self.any_(depth - 1) for _ in range(self.random.randrange(4))) + "]"
        if choice == 1:
            return self.comprehension("[", "]", depth)
        if choice == 2:
            return self.slice(self.list_(depth - 1), depth)
        if choice == 3:
            return f"({self.list_(depth - 1)} {self.use('operator', '+')} {self.list_(depth - 1)})"
        if choice == 4:
            self.use("operator", "starred item")
            return f"[*{self.container(depth - 1)}, {self.any_(depth - 1)}]"
        if choice == 5:
            return f"{self.use('function', 'sorted')}({self.homogeneous(depth - 1)}{self.sort_options()})"
        if choice == 6:
            return f"list({self.lazy(depth - 1)})"
        if choice == 7:
            return self.mutation("list", depth)
        if choice == 8:
            return f"{self.str_(depth - 1)}.{self.use('str', 'split')}({self.pick(['', chr(39) + ',' + chr(39), 'None, 1'])})"
        return self.conditional("list", depth)

    def texts(self, depth):
        return self.pick(["words", "['b', 'a', 'c']", "'abc'", f"[str(e) for e in {self.list_(depth - 1)}]"])

    def ints(self, depth):
        return self.pick(["counts", "[3, 1, 2]", "range(5)", "(4, 5)", f"[{self.int_(depth - 1)}, {self.int_(depth - 1)}]",
                          f"(e for e in counts if e > {self.int_(0)})"])

    def homogeneous(self, depth):
        return self.pick([self.texts, self.ints])(depth)

    def pairs(self, _depth):
        return self.pick(["[('k', 1), ('l', 2)]", "zip('ab', counts)", "{'m': 1}", "[['n', [1]]]", "enumerate(words)"])

    def sort_options(self):
        key = self.pick(["", "", ", key=str", ", key=lambda e: str(e)", ", key=len", ", key=str.lower"])
        return key + self.pick(["", "", ", reverse=True", ", reverse=0"])

    def tuple_(self, depth):
        if depth <= 0 or self.chance(0.3):
            return self.pick(["()", "(1,)", "(1, 'a')", "tuple(words)"])
        if self.chance(0.2):
            return self.method("tuple", depth, self.tuple_(depth - 1))
        return f"({self.any_(depth - 1)}, {self.any_(depth - 1)})"

    def key(self, _depth):
        return self.pick(["'a'", "'b'", "'name'", "1", "None", "(1, 2)", "'nope'", "1.0", "True"])

    def dict_(self, depth):
        if depth <= 0 or self.chance(0.2):
            return self.pick(["user", "{}", "{'a': 1}", "{'b': 2, 'a': 1}"])
        choice = self.random.randrange(6)
        if choice == 0:
            return "{" + ", ".join(f"{self.key(0)}: {self.any_(depth - 1)}" for _ in range(self.random.randrange(4))) + "}"
        if choice == 1:
            self.use("operator", "dict comprehension")
            return "{" + f"str(e): {self.any_(depth - 1)} for e in {self.list_(depth - 1)}" + "}"
        if choice == 2:
            self.use("operator", "double-starred item")
            return "{" + f"**{self.dict_(depth - 1)}, 'z': {self.any_(depth - 1)}" + "}"
        if choice == 3:
            return f"({self.dict_(depth - 1)} {self.use('operator', '|')} {self.dict_(depth - 1)})"
        if choice == 4:
            return self.mutation("dict", depth)
        return f"{self.use('function', 'dict')}({self.pairs(depth)}, w={self.any_(depth - 1)})"

    def set_(self, depth):
        if depth <= 0 or self.chance(0.3):
            return self.pick(["{1, 2, 3}", "set()", "{5, 100, -1}", "set(counts)", "{8, 0, 16, 3}"])
        choice = self.random.randrange(5)
        if choice == 0:
            return self.comprehension("{", "}", depth, f"{self.int_(0)} + len(str(e))")
        if choice == 1:
            return self.mutation("set", depth)
        if choice == 2:
            return "{*" + self.ints(depth - 1) + ", 7}"
        operator = self.use("operator", self.pick("-&|^"))
        return f"({self.set_(depth - 1)} {operator} {self.set_(depth - 1)})"

    def container(self, depth):
        return self.pick([self.list_, self.str_, self.dict_, self.tuple_, self.set_, self.range_])(depth)

    def range_(self, _depth):
        return f"range({', '.join(str(self.pick([0, 1, 2, 3, 5, 10, -1, -2])) for _ in range(self.random.randrange(1, 4)))})"

    def lazy(self, depth):
        name = self.pick(sorted(LAZY))
        return self.function(name, depth)

    def iterator(self, depth):
        return self.pick([self.lazy(depth - 1), f"iter({self.list_(depth - 1)})", f"(e for e in {self.list_(depth - 1)})"])

    def function_(self, depth):
        self.use("operator", "function as an argument")
        return self.pick([self.pick(CASTS), f"lambda e: {self.pick(['e', 'str(e)', 'not e', '[e]', 'e * 2'])}",
                          f"lambda e, f={self.any_(0)}: (e, f)"])

    def any_(self, depth):
        if self.names and self.chance(0.2):
            return self.pick(self.names)
        made = self.pick([self.str_, self.int_, self.float_, self.bool_, self.list_, self.dict_, self.tuple_, self.set_,
                          self.call, lambda _: "None", lambda _: self.pick(["items", "nothing", "user.get('age')"])])
        return made(depth)

    def argument(self, kind, depth):
        if self.chance(0.05):
            return self.any_(0)
        simple = {
            "width": lambda _: str(self.pick([0, 1, 5, 8, 10])), "char": lambda _: self.pick(["'*'", "'0'", "'é'"]),
            "small": lambda _: str(self.pick([0, 1, 2, 3, 5, -1])), "point": lambda _: str(self.pick([65, 97, 233, 8364, 128512])),
            "digits": lambda _: self.pick(["0", "1", "2", "-1", "-2", "None"]), "class": lambda _: self.pick(CLASSES),
            "attribute": lambda _: repr(self.pick(ATTRIBUTES)), "table": lambda _: self.pick(["{97: 'x'}", "str.maketrans('ab', 'xy')"]),
            "function": self.function_,
        }
        return (simple.get(kind) or getattr(self, kind, None) or getattr(self, kind + "_"))(depth)

    def arguments(self, kinds, depth):
        arguments = []
        for kind in kinds:
            if kind == "?":
                if self.chance(0.5):
                    break
                continue
            arguments.append(self.argument(kind, depth - 1))
        if self.chance(0.03):
            arguments.append(self.any_(0))
        return ", ".join(arguments)

    def method(self, of, depth, receiver):
        name = self.use_one(of, METHODS[of])
        if METHODS[of][name] is None:
            return self.format(depth)
        return f"{receiver}.{name}({self.arguments(METHODS[of][name], depth)})"

    def mutation(self, of, depth):
        """A method that may change its object, which is shown too."""
        name = self.use_one(of, METHODS[of])
        made = {"list": self.list_, "dict": self.dict_, "set": self.set_}[of](depth - 1)
        options = self.sort_options()[2:] if name == "sort" else self.arguments(METHODS[of][name], depth)
        fresh = f"{of}({made})"
        return f"[(o.{name}({options}), o) for o in [{fresh}]][0][{self.pick([0, 1, 1])}]"

    def function(self, name, depth, counted=False):
        if not counted:
            self.use("function", name)
        if FUNCTIONS[name] is None:
            kind = self.pick(sorted(SPECS))
            return f"format({self.argument(kind, depth - 1)}, {self.pick(SPECS[kind])!r})"
        return f"{name}({self.arguments(FUNCTIONS[name], depth)})"

    def call(self, depth):
        choice = self.random.randrange(8)
        if choice == 0:
            return self.method("range", depth, self.range_(0))
        if choice == 1:
            self.use("operator", "lambda")
            return f"(lambda {self.pick(['e', 'e, f=2', 'e=1, *'])[:6].rstrip(', *')}: e)({self.any_(depth - 1)})"
        if choice == 2:
            self.use("operator", "starred argument")
            return f"{self.use('function', self.pick(['max', 'min']))}(*{self.list_(depth - 1)}, key=str)"
        if choice == 3:
            self.use("operator", "generator")
            return f"{self.pick(['sum', 'list', 'sorted', 'any', 'max'])}({self.comprehension('', '', depth)})"
        name = self.use_one("function", FUNCTIONS)
        made = self.function(name, depth, counted=True)
        return f"list({made})" if name in LAZY else made

    def slice(self, of, _depth):
        parts = [self.pick(["", "", "0", "1", "-1", "2", "-2", "100"]) for _ in range(self.random.randrange(1, 4))]
        if len(parts) == 1:
            return f"{of}[{parts[0] or '0'}]"
        if len(parts) == 3 and self.chance(0.02):
            parts[2] = "0"
        elif len(parts) == 3:
            parts[2] = self.pick(["", "1", "2", "-1", "-2"])
        self.use("operator", "slice")
        return f"{of}[{':'.join(parts)}]"

    def percent(self, depth):
        self.use("operator", "% of text")
        kinds = [self.pick(sorted(PERCENTS)) for _ in range(self.random.randrange(1, 3))]
        text = " ".join(self.pick(PERCENTS[kind]) for kind in kinds)
        if self.chance(0.2):
            return f"('%(name)s {text[:0]}%(age)5d' % user)"
        return f"({text!r} % ({', '.join(self.argument(kind, depth - 1) for kind in kinds)},))"

    def format(self, depth):
        self.use("str", "format")
        fields, arguments = [], []
        numbered = self.chance(0.3)
        for number in range(self.random.randrange(1, 4)):
            kind = self.pick(sorted(SPECS))
            spec, name = self.pick(SPECS[kind]), str(number) if numbered else ""
            conversion = self.pick(["", "", "", "!r", "!s", "!a"])
            fields.append("{" + name + conversion + (":" + spec if spec else "") + "}")
            arguments.append(self.argument(kind, depth - 1))
        if self.chance(0.2):
            fields.append("{k[a]}")
            arguments.append("k={'a': 1}")
        if self.chance(0.1):
            fields.append("{w:>{w} }".replace("} }", "}}") if False else "{w.real}")
            arguments.append("w=5")
        return f"{' '.join(fields)!r}.format({', '.join(arguments)})"

    def comprehension(self, left, right, depth, value=None):
        self.use("operator", "comprehension")
        if value is None and self.chance(0.2):
            return f"{left}(a, b) for a, b in {self.pick(['rows', 'user.items()', 'enumerate(words)', 'zip(words, counts)'])}{right}"
        if value is None and self.chance(0.2):
            return f"{left}x for row in rows for x in row if x{right}"
        condition = f" if {self.pick(['e', 'not e', 'e is not None', 'len(str(e)) > 1'])}" if self.chance(0.4) else ""
        value = value or self.pick(["e", "str(e)", "(e, 1)", "[e]", self.any_(depth - 1)])
        return f"{left}{value} for e in {self.list_(depth - 1)}{condition}{right}"

    def conditional(self, kind, depth):
        self.use("operator", "conditional")
        return f"({self.argument(kind, depth - 1)} if {self.bool_(depth - 1)} else {self.argument(kind, depth - 1)})"

    def expression(self):
        """Not what a tag would take for its end."""
        while True:
            used = self.used.copy()
            made = self.any_(self.random.randrange(1, 4))
            if len(made) < 400 and not any(end in made for end in ("}}", "%}", "#}")) and "\n" not in made.replace("\\n", ""):
                return made
            self.used = used

    # Templates

    def body(self, depth, count=None):
        return "".join(self.piece(depth) for _ in range(count or self.random.randrange(1, 4)))

    def directive(self, name):
        return getattr(self, "piece_" + self.use("directive", name))

    def piece(self, depth):
        if self.chance(0.002):
            return self.pick(FAULTS)
        if self.chance(0.045):
            return self.piece_rule()
        simple = ["text", "echo", "echo", "echo", "raw", "raw", "set", "comment"]
        nested = ["if", "for", "try", "apply", "block", "while", "include"]
        if self.loops and self.chance(0.1):
            return f"{{% if {self.any_(0)} %}}{{% {self.use('directive', self.pick(['break', 'continue']))} %}}{{% end %}}"
        return self.directive(self.pick(simple + nested if depth > 0 else simple))(depth)

    def piece_rule(self):
        """What a rule is about, seldom where it ends the whole template."""
        rare = ["T12 imports", "T21 extends inside", "T25 cycles", "T22 several extends", "T20 dead text"]
        rules = sorted(set(RULES) - (set() if self.chance(0.3) else set(rare)))
        made = self.pick(RULES[self.use_one("rule", rules)])
        for name, text in PARTS.items():
            if name in made:
                self.parts.setdefault(name, text)
        if "module" in made:
            self.use("directive", "module")
        return made

    def piece_text(self, _depth):
        return self.pick(["plain ", "<b>", "\n", "  two  \n\n  lines ", "{ } ", "\t", "é ", "<pre>  x\n</pre>", "%d ", "{{! x }}"])

    def piece_echo(self, _depth):
        made = "{{ " + self.expression() + " }}"
        if self.chance(0.5):
            return made
        self.use("directive", "try")
        return f"{{% try %}}{made}{{% {self.use('directive', 'except')} Exception as error %}}{{% raw repr(error) %}}{{% end %}}"

    def piece_raw(self, _depth):
        return "{% raw " + self.expression() + " %}"

    def piece_comment(self, _depth):
        return self.pick(["{# note #}", "{% comment note %}", "{#\n#}"])

    def piece_set(self, _depth):
        name = self.pick(["a", "b", "c"])
        if name not in self.names:
            made = f"{{% set {name} = {self.expression()} %}}"
            self.names.append(name)
            return made
        return "{% set " + self.pick([
            f"{name} = {self.expression()}", f"{name} {self.use_one('operator', AUGMENTED)} {self.expression()}",
            f"{name}, d = {self.pair()}", f"d = {name} = {self.expression()}", f"(d, [f, *g]) = 1, {self.container(1)}",
            f"{name} = [1, 2, 3]; {name}[0] = {self.expression()}", f"{name} = [1, 2, 3]; {name}[1:] = {self.list_(1)}",
            f"{name} = dict(user); {name}['q'] = {self.expression()}; del {name}['age']", f"{name} = [3]; {name}.append({self.expression()})",
        ]).replace("}}", "} }") + " %}"

    def pair(self):
        return self.pick(["1, 2", "(3, 'x')", "words[:2]", "[1, 2]", "user.items()", f"{self.tuple_(1)}"])

    def piece_if(self, depth):
        made = f"{{% if {self.expression()} %}}{self.body(depth - 1)}"
        if self.chance(0.4):
            made += f"{{% {self.use('directive', 'elif')} {self.expression()} %}}{self.body(depth - 1)}"
        if self.chance(0.5):
            made += f"{{% {self.use('directive', 'else')} %}}{self.body(depth - 1)}"
        return made + "{% end %}"

    def piece_for(self, depth):
        target, values = self.pick([
            ("i", self.expression()), ("i", self.range_(0)), ("i, j", self.pick(["rows", "enumerate(items)", "user.items()"])),
            ("i, (j, k)", "enumerate(rows)"), ("i, *j", "rows"), ("i", "words"), ("i", self.list_(1))])
        if "}}" in values or "%}" in values:
            values = "items"
        self.names.append("i")
        self.loops += 1
        made = f"{{% for {target} in {values} %}}{self.body(depth - 1)}"
        self.loops -= 1
        if self.chance(0.2):
            made += f"{{% else %}}{self.body(depth - 1)}"
        return made + "{% end %}"

    def piece_while(self, depth):
        self.names.append("n")
        inner = self.body(depth - 1)
        return f"{{% set n = {self.pick([0, 1, 3])} %}}{{% while n > 0 %}}{{% set n -= 1 %}}{inner}{{% end %}}"

    def piece_try(self, depth):
        kind = self.pick(["Exception", "TypeError", "ValueError", "(KeyError, IndexError)", "LookupError", "ArithmeticError"])
        made = f"{{% try %}}{self.body(depth - 1)}{{% {self.use('directive', 'except')} {kind}{self.pick([' as error', ''])} %}}caught "
        if " as error" in made.rsplit("except", 1)[1]:
            made += self.pick(["{{ error }}", "{{ repr(error) }}", "{{ error.args }}"])
        if self.chance(0.2):
            made += f"{{% else %}}{self.body(depth - 1)}"
        if self.chance(0.2):
            made += f"{{% {self.use('directive', 'finally')} %}}{self.body(0)}"
        return made + "{% end %}"

    def piece_apply(self, depth):
        function = self.pick(["escape", "url_escape", "squeeze", "xhtml_escape", "linkify", "str.upper", "str.strip",
                              "(lambda t: t[:20])", "len" if self.chance(0.05) else "str.title"])
        loops, self.loops = self.loops, 0
        made = f"{{% apply {function} %}}{self.body(depth - 1)}{{% end %}}"
        self.loops = loops
        return made

    def piece_block(self, depth):
        return f"{{% block {self.pick(['main', 'side', 'title'])} %}}{self.body(depth - 1)}{{% end %}}"

    def piece_include(self, _depth):
        if self.included:
            return f"{{% include {self.pick([chr(39) + 'part.html' + chr(39), 'part.html'])} %}}"
        return "{% comment none %}"

    def head(self):
        made = ""
        if self.chance(0.15):
            made += f"{{% {self.use('directive', 'autoescape')} {self.pick(['None', 'xhtml_escape', 'escape', 'url_escape'])} %}}"
        if self.chance(0.15):
            made += f"{{% {self.use('directive', 'whitespace')} {self.pick(['all', 'single', 'oneline'])} %}}"
        return made

    def case(self):
        """One template, sometimes with a part that it includes and a parent that it extends."""
        entry, files = self.pick(["page.html", "page.txt"]), {}
        self.names, self.loops, self.included, self.parts = [], 0, False, {}
        if self.chance(0.15):
            files["part.html"] = self.head() + self.body(1)
        self.included = bool(files)
        made = self.head() + self.body(2)
        if self.chance(0.12):
            files["base.html"] = self.head() + self.body(2) + "{% block main %}base{% end %}"
            self.use("directive", "extends")
            made = '{% extends "base.html" %}' + made + "{% block main %}" + self.body(1) + "{% end %}"
        files[entry] = made
        for name, text in self.parts.items():
            files.setdefault(name, text)
        return {"files": files, "entry": entry, "data": self.data()}
