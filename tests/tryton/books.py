"""Books for the tests: a firm, its debtors and their posted invoices. `books.py CONFIG DATABASE KEY_FILE`."""

import datetime
import sys
from decimal import Decimal

from proteus import Model, Wizard, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

configuration, database, key_file = sys.argv[1:]
session = config.set_trytond(database, config_file=configuration)
session.skip_warning = True
today = datetime.date.today()


def firm():
    create_company(currency=get_currency("EUR"))
    company = get_company()
    company.party.name = "Nordlicht Handel GmbH"
    company.party.save()
    company.cancel_invoice_out = True
    company.save()
    User = Model.get("res.user")
    user = User(session.user)
    user.companies.append(type(company)(company.id))
    user.company = type(company)(company.id)
    user.save()
    session._context = User.get_preferences(True, session.context)
    create_chart(company)
    # Three years with one row of numbers: a test may run on any day, and no number comes twice.
    numbers = None
    for first in (datetime.date(today.year + step, 1, 1) for step in (-1, 0, 1)):
        year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, (first, datetime.date(first.year, 12, 31))))
        (sequences,) = year.invoice_sequences
        numbers = numbers or sequences.out_invoice_sequence
        sequences.out_invoice_sequence = sequences.out_credit_note_sequence = numbers
        year.save()
        year.click("create_period")
    return company


def term(name, *parts):
    """`parts`: share of the sum (None: what is left) and days."""
    made = Model.get("account.invoice.payment_term")(name=name)
    for share, days in parts:
        line = made.lines.new(type="remainder") if share is None else made.lines.new(type="percent", ratio=Decimal(share))
        line.relativedeltas.new(days=days)
    made.save()
    return made


COUNTRIES = {"DE": "Germany", "FI": "Finland", "FR": "France"}


def debtor(name, street, city, postal_code, country, language, email=None, phone=None, vat=None):
    Country = Model.get("country.country")
    (land,) = Country.find([("code", "=", country)]) or [Country(code=country, name=COUNTRIES[country])]
    land.save()
    made = Model.get("party.party")(name=name)
    if language:
        (made.lang,) = Model.get("ir.lang").find([("code", "=", language)])
    if street:
        address = made.addresses[0] if made.addresses else made.addresses.new()
        address.street_unstructured, address.city, address.postal_code, address.country = street, city, postal_code, land
    if phone:
        made.contact_mechanisms.new(type="phone", value=phone)
    if email:
        made.contact_mechanisms.new(type="email", value=email, invoice=True)
    if vat:
        made.identifiers.new(type="eu_vat", code=vat)
    made.save()
    return made


def invoice(company, party, days_ago, amount, terms, reference=None):
    """A negative amount is a credit note."""
    made = Model.get("account.invoice")(type="out")
    made.party, made.currency, made.payment_term, made.reference = party, company.currency, terms, reference
    made.invoice_date = today - datetime.timedelta(days=days_ago)
    line = made.lines.new()
    line.account, line.description = get_accounts(company)["revenue"], "goods"
    line.quantity, line.unit_price = (1 if Decimal(amount) > 0 else -1), abs(Decimal(amount))
    made.save()
    return made


def key_of_a_clerk(company):
    """A key with the rights of accounting, not those of an administrator."""
    User, Group = Model.get("res.user"), Model.get("res.group")
    clerk = User(name="Dunlin", login="dunlin")
    clerk.companies.append(type(company)(company.id))
    clerk.company = type(company)(company.id)
    for group in Group.find([("name", "=", "Accounting")]):
        clerk.groups.append(group)
    clerk.save()
    application = Model.get("res.user.application")(user=clerk, application="rest")
    application.save()
    return application.key


company = firm()
month, halves = term("30 days net", (None, 30)), term("half at once, half in 60 days", ("0.5", 0), (None, 60))
acker = debtor("Åkerlund & Söner Ab", "Storgatan 1\n2 tr", "Helsingfors", "00100", "FI", "fi", "reskontra@akerlund.example",
               "+358 9 310 1000", "FI20774740")
dupont = debtor("Dupont et Fils SARL", "3, rue du Port", "Lyon", "69002", "FR", "fr", "compta@dupont.example")
bare = debtor("Kiosk am Eck", None, None, None, "DE", None)
invoices = [
    invoice(company, acker, 75, "1200.50", month, "PO-4711"),
    invoice(company, dupont, 70, "800.00", halves),
    invoice(company, bare, 60, "139.00", month),
    invoice(company, acker, 50, "-75.25", month),
    invoice(company, dupont, 40, "95.00", month),
    invoice(company, dupont, 35, "60.00", month),
    invoice(company, dupont, 10, "410.10", month),
]
# In one transaction, as a run of invoices is: they all have one `write_date`.
type(invoices[0]).click(invoices, "post")
(cash,) = Model.get("account.account").find([("code", "=", "1.1.1"), ("company", "=", company.id)])
(journal,) = Model.get("account.journal").find([("type", "=", "cash")], limit=1)
bank = Model.get("account.invoice.payment.method")(name="Bank", journal=journal, credit_account=cash, debit_account=cash)
bank.save()
paid, cancelled = invoices[4], invoices[5]
pay = Wizard("account.invoice.pay", [paid])
pay.form.payment_method = bank
pay.execute("choice")
cancelled.click("cancel")
key = key_of_a_clerk(company)
with open(key_file, "w", encoding="ascii") as out:
    out.write(key)
