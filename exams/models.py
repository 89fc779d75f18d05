"""The table of contents of the database, from the lowest subject to the highest."""

from exams.clock import Installation
from exams.journal.models import Checkpoint, Cosignature, Detail, Entry, Leaf, LogState, Mention, Witness
from exams.documents.models import Document
from exams.jobs.models import Job
from exams.messages.models import Message
from exams.people.models import Account, Authenticator, Employment, KinEdge, Organisation, Person, RecoveryCode, RecoverySheet, Registration, SignInTries
from exams.catalogue.models import CalendarDay, Edition, Qualification
from exams.register.models import Bar, Certificate, IntegrityEntry
from exams.interests.models import Attendance, Authorship, Concealment, Course, Declaration, Dispute, MatchDoubt, ReportBatch, TrainingEngagement, Unmatched
from exams.recusal.models import LateGround, ObjectionNotice, PolicyValue, RecusalRequest, Ruling, Waiver
from exams.appointments.models import Appointment
from exams.bodies.models import BodyStandard, Entrustment, InternalCheck, ManagementDocument, OtherBusiness, StaffRecord
from exams.programme.models import AnnualPlan, Event, EventItem, ForbiddenWord, LateConsent, NoticeCorrection, PlannedItem, ProgrammeParameter, WordsAccepted
from exams.applications.models import Application, Correction, EmployerConfirmation, ImportBatch, Material, PerformanceEntry, Verification
from exams.sittings.models import Acceptance, Accommodation, Arrangement, CalendarFeed, Change, Draw, Duty, Parameter, Place, Room, Seat, Sitting, TimeSlot, Venue
from exams.conduct.models import Bell, CheckIn, Incident, RecordSignature, RoomRecord
from exams.results.models import Mark, MarkVersion, Result, ResultSheet, ScoreChange, SheetSignature
from exams.archive.models import Bag
from exams.oversight.models import Audit, CheckRun, Finding, Inspector, Rectification
