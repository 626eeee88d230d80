"""What kind of passage a question seeks: whoever asks for questions to ask wants conversation starters.

Only what is said in so many words counts: "questions about strategy" seeks starters, "how do I ask for a raise" and "he
asks too many questions" do not. Measured by `python -m evals retrieval` on `datasets/retrieval/seeking_starters.jsonl`.
"""

import re

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")
# Without one of these nothing below is found; to look for them costs next to nothing.
_SIGNS = ("question", "ask", "starter", "opener", "breaker", "prompt", "card", "ideas")
# What may stand before "questions" that are sought; "survey questions" and "too many questions" are not.
_SUCH = (
    r"(?:(?:some|any|another|an?|more|new|other|few|couple|list|set|of|\d+|one|two|three|four|five|six|ten|really|very|"
    r"good|great|best|better|nice|interesting|deep|deeper|open|opening|easy|simple|short|fun|useful|possible|right|"
    r"starter|starting|first|discussion|conversation|example|sample|ice[- ]?breaker|warm-?up|check-?in|"
    r"get(?:ting)?[- ]to[- ]know[- ](?:you|each[- ]other)|reflective|thoughtful|meaningful|powerful|candid|honest)"
    r"[\s,]+)*"
)
_BEGIN = r"^(?:please\s+|maybe\s+|(?:how|what) about\s+)?"
# What is told of questions that were put, or that somebody has.
_TOLD = (
    r"(?!\s*:|\s+(?:were|was|are|is|have|has|had|get|got|remain\w*|go|went|make|made|come|came|from|"
    r"(?:i|we) ha(?:ve|d))\b)"
)
_ONE = r"question\b(?!\s*[:,]|\s+of\b(?! the (?:day|week|month)\b)|\s+(?:was|is|has|had|from|i have|answered)\b)"
_WHAT = r"\bwh?at"
_MAY = r"(?:can|could|should|shud|shall|may|might|do|would|to)"
_ASKER = r"(?:i|we|you|one|she|he|pairs|(?:my|our|the|an?|your) \w+(?: and (?:i|me|(?:my|our|the|your) \w+))?)"
# Nobody puts a conversation starter to a machine.
_ASK = (
    r"ask\b(?! (?:for|of|permission|(?:(?:an?|the|my|our|your) )?"
    r"(?:ai|assistant|chat ?bot|chatgpt|copilot|machine|(?:language )?model|tool)\b))"
)

_SOUGHT = re.compile(
    "|".join(
        [
            # “conversation starters on trust”, “an icebreaker”, “need an opener”
            r"\b(?:conversation|discussion|talk|talking|topic|question|chat)[- ]"
            r"(?:starters?|openers?|prompts?|cards?|ideas)\b",
            r"\bice[- ]?breakers?\b|\b(?:an opener|openers)\b|\bprompts? (?:for|to) (?:talk|discuss|convers)",
            # “questions about strategy”, “three good questions for my mentor”, “a question of the week”
            rf"{_BEGIN}{_SUCH}questions\b{_TOLD}",
            rf"{_BEGIN}(?!question){_SUCH}{_ONE}",
            # “suggest a few questions”, “have you got any questions on pay”
            r"\b(?:give|suggest|recommend|propose|need|want|(?:'d|would) like|looking for|seek(?:ing)?|got any|"
            rf"have you|do you have)\s+(?:me\s+|us\s+)?{_SUCH}(?:questions\b{_TOLD}|{_ONE})",
            # “which questions get people talking”, “questions to ask a director”
            rf"\b(?:which|what)(?: (?:are|is|would be|could be))? {_SUCH}questions?\b"
            r"(?!:| (?:was|were|do|does|did|is|are)\b)",
            r"(?<!survey )(?<!interview )\bquestions? to (?:ask|begin|start|open|put to|discuss)\b",
            # “what else could I ask my mentor”, “something to ask”
            rf"{_WHAT}(?: else| exactly)? {_MAY}(?: {_ASKER})? {_ASK}",
            rf"\b(?:things?|something|anything) (?:else )?(?:(?:i|we) (?:can|could|should) |to ){_ASK}",
        ]
    )
)


def seeks_starters(question: str) -> bool:
    """Whether a question, spelt as it was meant, asks for conversation starters."""
    plain = question.lower().replace("’", "'")
    if not any(sign in plain for sign in _SIGNS):
        return False
    return any(_SOUGHT.search(one) for one in _SENTENCE.split(plain) if any(sign in one for sign in _SIGNS))
