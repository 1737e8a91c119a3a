//! Mail: what debtors read in their mailboxes and letter-boxes, and what comes back undelivered.

use crate::TownError;
use crate::mime::Mail;
use crate::people::{Debtor, Quirk};
use crate::shop;
use crate::wares::Invoice;
use crate::world::Scene;

const EMAILS: &str = "mail/outgoing/email";
const LETTERS: &str = "mail/outgoing/letters";
const INCOMING: &str = "mail/incoming";

pub(crate) fn read(scene: &mut Scene<'_>) -> Result<(), TownError> {
    for name in scene.unread(EMAILS, "", ".eml")? {
        let Some(raw) = scene.exchange.read(EMAILS, &name)? else { continue };
        let raw = String::from_utf8_lossy(&raw);
        read_email(scene, &name, &Mail::parse(&raw));
    }
    for name in scene.unread(LETTERS, "", ".html")? {
        let Some(raw) = scene.exchange.read(LETTERS, &name)? else { continue };
        let text = String::from_utf8_lossy(&raw);
        scene.memory.tally.letters_read += 1;
        for invoice in scene.world.mentioned(&text) {
            take_note(scene, invoice);
        }
    }
    Ok(())
}

fn read_email(scene: &mut Scene<'_>, name: &str, mail: &Mail) {
    let to = mail.address("To");
    // The creditor's own people get mail as well; that is not the town's business.
    let theirs = |debtor: &Debtor| debtor.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(to));
    let Some(debtor) = scene.world.debtors.iter().find(|debtor| theirs(debtor)) else {
        return shop::asked(scene, to, &mail.text);
    };
    if debtor.quirk == Some(Quirk::DeadMailbox) {
        bounce(scene, name, mail, to);
        return;
    }
    scene.memory.tally.emails_read += 1;
    for invoice in scene.world.mentioned(&mail.text) {
        if scene.world.debtor(invoice).id == debtor.id {
            take_note(scene, invoice);
        }
    }
}

/// Before the due date a reminder changes nobody's mind.
fn take_note(scene: &mut Scene<'_>, invoice: &Invoice) {
    if scene.today > invoice.due_on
        && let Some(item) = scene.memory.items.get_mut(&invoice.number)
    {
        item.notices += 1;
    }
}

/// A delivery report (RFC 3464): the mailbox does not exist.
fn bounce(scene: &mut Scene<'_>, name: &str, mail: &Mail, to: &str) {
    let today = scene.today;
    let host = to.rsplit_once('@').map_or("mail.example", |(_, host)| host);
    let boundary = format!("report-{today}");
    let stem = name.trim_end_matches(".eml");
    let lines = [
        format!("From: Mail Delivery System <mailer-daemon@{host}>"),
        format!("To: {}", mail.address("From")),
        "Subject: Undelivered Mail Returned to Sender".to_owned(),
        format!("Date: {}", today.strftime("%a, %d %b %Y 06:12:00 +0100")),
        format!("Message-ID: <bounce.{stem}@{host}>"),
        format!("In-Reply-To: {}", mail.header("Message-ID")),
        "Auto-Submitted: auto-replied".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\""),
        String::new(),
        format!("--{boundary}"),
        "Content-Type: text/plain; charset=us-ascii".to_owned(),
        String::new(),
        format!("The message to <{to}> could not be delivered: there is no such mailbox."),
        String::new(),
        format!("--{boundary}"),
        "Content-Type: message/delivery-status".to_owned(),
        String::new(),
        format!("Reporting-MTA: dns; mx.{host}"),
        String::new(),
        format!("Final-Recipient: rfc822; {to}"),
        "Action: failed".to_owned(),
        "Status: 5.1.1".to_owned(),
        format!("Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such mailbox"),
        String::new(),
        format!("--{boundary}"),
        "Content-Type: text/rfc822-headers".to_owned(),
        String::new(),
        format!("Message-ID: {}", mail.header("Message-ID")),
        format!("From: {}", mail.header("From")),
        format!("To: {}", mail.header("To")),
        format!("Subject: {}", mail.header("Subject")),
        String::new(),
        format!("--{boundary}--"),
        String::new(),
    ];
    scene.memory.tally.bounces += 1;
    scene.leave(INCOMING, format!("bounce-{stem}.eml"), lines.join("\r\n"));
}
