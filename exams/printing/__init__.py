"""Printed forms: Chinese and English on A4 with every face embedded, on any machine."""

from exams.printing.flow import Drawing, Pen, Text
from exams.printing.fonts import missing
from exams.printing.paper import Paper

__all__ = ["Drawing", "Paper", "Pen", "Text", "missing"]
