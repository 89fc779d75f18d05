"""The tables of the question bank, gathered from its subjects for Django."""

from question_bank.assembly.models import Contribution, Paper, PaperForm, PaperSlot, Use
from question_bank.blueprints.models import Blueprint
from question_bank.papers.models import (
    Approval,
    CustodianKey,
    HandOver,
    Opening,
    Printing,
    SealedPaper,
    SpareRequest,
    WrongTry,
)
from question_bank.questions.models import Question, Reading, SecrecyLetter, Version
from question_bank.review.models import Review

__all__ = [
    "Approval",
    "Blueprint",
    "Contribution",
    "CustodianKey",
    "HandOver",
    "Opening",
    "Paper",
    "PaperForm",
    "PaperSlot",
    "Printing",
    "Question",
    "Reading",
    "Review",
    "SealedPaper",
    "SecrecyLetter",
    "SpareRequest",
    "Use",
    "Version",
    "WrongTry",
]
