"""The wire format of SunSystems Connect, shared by client, server and sandbox; import all of it from here.

| file | what is in it |
|---|---|
| ``ssc_format`` | what is wrong with a document, and its fault text |
| ``ssc_bytes``, ``ssc_tree`` | encodings; records as they stream past, and the limits of what is read |
| ``ssc_record``, ``ssc_payload`` | a record as a small tree; payloads, read in two passes and written |
| ``ssc_message``, ``ssc_answer``, ``ssc_answer_read`` | messages; answers of both formats, written and read |
| ``ssc_filter``, ``ssc_query`` | what a Query asks for |
| ``ssc_soap``, ``ssc_envelope``, ``ssc_soap_read`` | SOAP written, taken apart, and read |
| ``ssc_values`` | dates, periods, times, numbers and codes |
| ``ssc_codes``, ``ssc_node``, ``ssc_related``, ``ssc_elements`` | the elements, and what they hold |

Nothing does I/O but on the streams that it is given.
"""

from __future__ import annotations

from customary.protocols.ssc_answer import FAIL as FAIL
from customary.protocols.ssc_answer import SUCCESS as SUCCESS
from customary.protocols.ssc_answer import Answer as Answer
from customary.protocols.ssc_answer import write_answer as write_answer
from customary.protocols.ssc_answer import write_old_answer as write_old_answer
from customary.protocols.ssc_answer_read import Answered as Answered
from customary.protocols.ssc_answer_read import AnswerHeader as AnswerHeader
from customary.protocols.ssc_answer_read import answered as answered
from customary.protocols.ssc_answer_read import inspect_answer as inspect_answer
from customary.protocols.ssc_answer_read import plain_text as plain_text
from customary.protocols.ssc_elements import COMPONENTS as COMPONENTS
from customary.protocols.ssc_elements import CUSTOMER as CUSTOMER
from customary.protocols.ssc_elements import ITEM_CUSTOMER as ITEM_CUSTOMER
from customary.protocols.ssc_elements import NOT_FINANCIAL as NOT_FINANCIAL
from customary.protocols.ssc_filter import Condition as Condition
from customary.protocols.ssc_filter import Expr as Expr
from customary.protocols.ssc_filter import Item as Item
from customary.protocols.ssc_filter import Joint as Joint
from customary.protocols.ssc_filter import Operator as Operator
from customary.protocols.ssc_filter import equal as equal
from customary.protocols.ssc_filter import joined as joined
from customary.protocols.ssc_format import SscFormatError as SscFormatError
from customary.protocols.ssc_format import fault_text as fault_text
from customary.protocols.ssc_message import Level as Level
from customary.protocols.ssc_message import Message as Message
from customary.protocols.ssc_node import Element as Element
from customary.protocols.ssc_node import Evidence as Evidence
from customary.protocols.ssc_node import Node as Node
from customary.protocols.ssc_node import Type as Type
from customary.protocols.ssc_payload import ErrorContext as ErrorContext
from customary.protocols.ssc_payload import ErrorOutput as ErrorOutput
from customary.protocols.ssc_payload import ErrorThreshold as ErrorThreshold
from customary.protocols.ssc_payload import Header as Header
from customary.protocols.ssc_payload import context as context
from customary.protocols.ssc_payload import inspect as inspect
from customary.protocols.ssc_payload import records as records
from customary.protocols.ssc_payload import write_payload as write_payload
from customary.protocols.ssc_query import Query as Query
from customary.protocols.ssc_query import Selected as Selected
from customary.protocols.ssc_query import pick as pick
from customary.protocols.ssc_query import read_query as read_query
from customary.protocols.ssc_record import Record as Record
from customary.protocols.ssc_record import Text as Text
from customary.protocols.ssc_record import cleaned as cleaned
from customary.protocols.ssc_record import field as field
from customary.protocols.ssc_record import section as section
from customary.protocols.ssc_record import without_answer as without_answer
from customary.protocols.ssc_record import without_dots as without_dots
from customary.protocols.ssc_soap import OPERATIONS as OPERATIONS
from customary.protocols.ssc_soap import soap_action as soap_action
from customary.protocols.ssc_soap import write_fault as write_fault
from customary.protocols.ssc_soap import write_request as write_request
from customary.protocols.ssc_soap import write_response as write_response
from customary.protocols.ssc_soap import write_responses as write_responses
from customary.protocols.ssc_soap_read import Call as Call
from customary.protocols.ssc_soap_read import CallReader as CallReader
from customary.protocols.ssc_soap_read import Fault as Fault
from customary.protocols.ssc_soap_read import ResponseReader as ResponseReader
from customary.protocols.ssc_soap_read import Responses as Responses
