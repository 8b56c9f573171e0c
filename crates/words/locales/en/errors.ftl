# What does not hold of what others hand over: cards, tickets, entries, votes, audits.

cast-unknown = there is no such decision
cast-not-a-secretariat = only the two secretariats sign decisions
cast-other-device = your organisation signs from another device
cast-newer = this decision was made by a newer version of accord; upgrade before signing it
cast-already-voted = your organisation has voted on this already; a vote stands for ever
cast-settled = this decision is settled already; nothing more can be signed on it
cast-other-constitution = the constitution has changed since this was signed by the other; refuse it and propose it again
cast-constitution-under-way = your organisation signed a new constitution that is not settled; nothing else can be signed until it is
cast-signs-last = this constitution takes your organisation's place; sign it after the other secretariat, so that you can act until it has
audit-no-file = this is no audit file that this version of accord can read
audit-too-large = the audit file is too large
audit-changed = the file was changed or damaged after it was written
audit-malformed = the file cannot be read
audit-other-programme = the file is about another programme
audit-misplaced = entry { $seq } of a log does not belong where it stands in the file
audit-gap = the entry before entry { $seq } of a log is missing
audit-unsigned = entry { $seq } of a log is not signed
audit-entry = an entry does not hold
audit-actor = the change in entry { $seq } of a log does not belong to the device that signed it
audit-not-founded = the founding, with both secretariats' signatures, is not in the file
card-none = this is not an organisation's card (a card is one line that begins with `{ $prefix }`)
card-damaged = the card is damaged; ask for it again and copy the whole line
card-signature = the card's signature does not hold; ask for it again and copy the whole line
card-other-organisation = the card's device belongs to another organisation
device-line-none = this is no line about a device (such a line begins with `{ $prefix }`)
device-line-damaged = the line is damaged; copy the whole line again
device-line-unfit = the line does not hold; copy the whole line again
ticket-none = this is not a ticket (a ticket is one line that begins with `{ $prefix }`)
ticket-damaged = the ticket is damaged; ask for it again and copy the whole line
apart-no-access = its organisation could not write here when it was written
apart-other-branch = it refers to a second history of its author
apart-removed = its organisation's access had ended when it was written, or it was kept back until then
apart-revoked = its device was revoked
apart-surplus = its organisation has certified more devices than are taken, and its device is one of those
apart-fork = its author's device made two histories, and the other one stands
apart-irregular = the change inside does not belong at this place of its author's log
apart-newer = a newer version of accord wrote it
apart-guard = the change is malformed inside
apart-ancestor = it was made on a change whose author could not write here
id-not-hexadecimal = an id is made of the digits 0-9 and a-f
id-length = an id of this kind has { $expected } digits, not { $found }
key-unusable = not a usable public key
signature-mismatch = the signature does not match
codec-malformed = not in the expected form: { $detail }
codec-not-canonical = not in the one allowed encoding
run-length = a run of { $count } entries
run-header = the header at position { $at } of the run cannot be read
run-elsewhere = entry { $seq } belongs elsewhere
run-gap = entry { $seq } does not follow the one before it
run-misplaced = entry { $seq } does not belong in this space
run-full = entry { $seq } is beyond the { $limit } that one device may write about decisions
run-payload = the content of entry { $seq } is not what its header says: { $why }
run-signature = the signature of entry { $seq } does not hold
record-signature = its signature does not hold
record-card = a card in it does not hold
record-other-programme = it is about another programme
record-not-allowed = it is not signed by one who may
refusal-invalid = it is invalid: { $why }
refusal-forked = it belongs to a second history of its author: { $why }
refusal-unknown-author = its author is not known here
refusal-gap = entries are missing before it
refusal-not-stored = it could not be stored: { $why }
close-no-access = this device has no part in the programme, or not any more
close-too-many = too many connections
close-version = it speaks version { $theirs } of the protocol and this node version { $ours }
close-other-programme = it belongs to another programme
close-malformed = it sent a frame that cannot be read
close-unexpected = it broke the protocol: { $what }
close-silent = it said nothing in time
close-by-peer = the other side closed: { $why }

cast-no-effect = this decision would have no effect: { $why }
objection-device-of-another = its device belongs to another organisation
objection-takes-part = the organisation takes part already; remove it first to admit it as something else
objection-secretariat = a secretariat is replaced by a new constitution
objection-takes-no-part = the organisation takes no part
objection-no-space = there is no such space
objection-ended = the membership that it is for has ended
objection-no-access = the organisation has no access to the space
objection-own-space = this space is an organisation's own
objection-built-in = this space exists in every programme
objection-only-secretariat = only a secretariat is recovered from
objection-signer-of-another = a signing device in it belongs to another organisation
objection-by-membership = this access comes with membership, and ends with it
card-name =
    { $what ->
        [code] the code is empty, too long or has characters that are not allowed
        [device] the device name is empty, too long or has characters that are not allowed
        [programme] the programme's name is empty, too long or has characters that are not allowed
        [space] the space's name is empty, too long or has characters that are not allowed
        [quorum] the recovery quorum is not one that can be
       *[name] the name is empty, too long or has characters that are not allowed
    }

# Why the parts of a record do not fit together.

unfit-cuts = only what ends access carries cuts
unfit-membership = a grant says which membership it is for, and nothing else does
unfit-card = the card is another organisation's
unfit-admitted-secretariat = a secretariat is named by the constitution, not admitted
unfit-removal = nobody is removed who was not admitted
unfit-new-root = the new root key has not signed
unfit-existing-space = a space that exists gets its readers and writers by grants
unfit-write-only = who writes to a space also reads it
unfit-empty-grant = a grant that gives nothing
unfit-writes-unread = who no longer reads a space no longer writes to it
unfit-empty-withdrawal = a withdrawal that takes nothing
unfit-empty-version = a version without content
unfit-recovery-rounds = these rounds are kept for a recovery
unfit-ordinary-rounds = a recovery has rounds of its own
unfit-lost-again = a lost secretariat is not named again
unfit-subject = the operation is not about such a subject
unfit-two-seats = a constitution names two secretariats
unfit-seats = the secretariats are out of order or the same
unfit-shared-key = two secretariats do not share a key
unfit-begin = versions and rounds begin at 1
unfit-parent = a first version has no parent, every later one has
unfit-cut-order = the cuts are out of order, of one log twice, or too many
unfit-cited = the cited votes are out of order, named twice or too many
unfit-refusal = a refusal without a reason, or with too long a one
unfit-revocation-reason = a revocation with too long a reason
unfit-revocation-cuts = a revocation cuts the logs of its own device only
unfit-kept = the device records that go on to count are out of order, named twice or too many
unfit-readers = the readers are out of order, named twice or too many
unfit-writers = the writers are out of order, named twice or too many
unfit-heads = the heads are out of order, named twice or too many
unfit-open-votes = the open votes are out of order, named twice or too many
unfit-acknowledgement = an acknowledgement is out of order or over its bound
