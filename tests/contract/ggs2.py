"""GGS2 called by hand, for the tests of the sandbox: so that a test can get it wrong."""

import requests

from tests.contract.wsdl import GGS2, body

NOW = "2026-11-23T10:00:00+01:00"  # a Monday
LOGIN = ("balie", "sandbox-jcc-soap")
LIEN = """
  <productID>{product}</productID><clientLastName>Declercq</clientLastName>
  <clientDateOfBirth>1985-07-30</clientDateOfBirth><clientInitials>Lien</clientInitials>
  <clientTel>+32470123456</clientTel><clientMail>lien@voorbeeld.example</clientMail><locationID>{place}</locationID>
  <appStartTime>{start}</appStartTime><appEndTime>2026-11-24T23:00:00</appEndTime>
  <isClientVerified>false</isClientVerified><isRecurring>false</isRecurring>"""


class Ggs2:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.url = f"{sandbox.url}/jcc/JCC/Leiestad/GenericGuidanceSystem2.asmx"

    def post(self, operation, message, *, auth=LOGIN, **headers):
        headers = {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{GGS2}{operation}"', **headers}
        return requests.post(self.url, data=message.encode(), headers=headers, auth=auth, timeout=10)

    def ask(self, operation, children=""):
        return self.post(operation, envelope(operation, children))

    def told(self, operation, children=""):
        """The text of every element in the answer, by name."""
        answer = self.ask(operation, children)
        assert answer.status_code == 200, answer.text
        texts: dict[str, list[str]] = {}
        for element in body(answer.content).iter():
            texts.setdefault(element.tag, []).append((element.text or "").strip())
        return texts

    @property
    def product(self):
        told = self.told("getGovAvailableProducts")
        return dict(zip(told["productCode"], told["productId"], strict=True))["RIJBEWIJS"]

    @property
    def place(self):
        return self.told("getGovLocationsForProduct", f"<productID>{self.product}</productID>")["locationID"][0]

    def detail(self, start="2026-11-24T09:00:00", **change):
        return LIEN.format(**{"product": self.product, "place": self.place, "start": start, **change})

    def book(self, detail=None):
        told = self.told("bookGovAppointment", f"<appDetail>{detail or self.detail()}</appDetail>")
        return told["updateStatus"][0], told["appID"][0]


def envelope(operation, children="", *, soap="http://schemas.xmlsoap.org/soap/envelope/", element=None):
    element = element or f"{operation}Request"
    return (
        f'<s:Envelope xmlns:s="{soap}" xmlns:gen="{GGS2}"><s:Body>'
        f"<gen:{element}>{children}</gen:{element}></s:Body></s:Envelope>"
    )


def questions(ggs2):
    """One good question for every operation that answers."""
    product, place = f"<productID>{ggs2.product}</productID>", f"<locationID>{ggs2.place}</locationID>"
    days = "<startDate>2026-11-24</startDate><endDate>2026-11-30</endDate><appDuration>0</appDuration>"
    return {
        "getGovAvailableProducts": "<dummy/><language>nl</language>",
        "getGovProductDetails": product,
        "getGovLocationsForProduct": product,
        "getGovLocationDetails": place,
        "getGovLatestPlanDate": f"<productId>{ggs2.product}</productId>",
        "getGovAvailableDays": f"{place}{product}{days}",
        "getGovAvailableTimesPerDay": f"<date>2026-11-24</date>{product}{place}<appDuration>0</appDuration>",
        "GetRequiredClientFields": product,
        "bookGovAppointment": f"<appDetail>{ggs2.detail()}</appDetail>",
        "getGovAppointmentDetails": f"<appID>{ggs2.book()[1]}</appID>",
        "deleteGovAppointment": f"<appID>{ggs2.book()[1]}</appID>",
    }


def fault(answer):
    assert answer.status_code == 500, answer.text
    found = body(answer.content)
    assert found.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
    return found.findtext("faultcode"), found.findtext("faultstring")
