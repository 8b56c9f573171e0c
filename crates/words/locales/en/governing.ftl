# What a proposal, a signature or a version is refused for.

refusal-needs-reason = a refusal stands for ever, and needs a reason
no-decision = there is no decision { $number }
    .hint = see them with: accord decisions --all
decisions-alike = { $count } decisions have the number { $number }
    .hint = name one by the beginning of its id: { $ids }
part-ended-by = your organisation takes part no more since decision { $number }
    .hint = what you have stays readable; accord decision { $number } shows who decided it, and a secretariat can propose to admit you again
decision-unknown = there is no such decision
ratify-private = { $name } is in your own private space, which the other secretariat cannot read
    .hint = only what both secretariats read can be ratified; copy it: accord new KIND NAME
ratify-no-part = your organisation takes no part in the programme yet
    .hint = accord status shows what it waits for
ratify-not-ready = { $name } cannot be put up: { $why }
    .hint = make one change to it, which brings what was written at the same time together, and try again
ratify-signed-another = your organisation has signed { $label } of { $name } as put up in { $number }, and signs no second one beside it
    .hint = the other secretariat signs it (then this can become the next version), or refuses it: accord refuse { $number } --why TEXT
ratify-before-not-whole = { $label } of { $name } is not whole here, and the next version has to contain it
    .hint = fetch it from the others: accord sync; accord status tells if something is wrong with it
ratify-leaves-out = { $name } as it is here leaves out changes that { $label } has
    .hint = fetch them from the others: accord sync
ratify-unchanged = { $name } has not changed since { $label }; there is nothing to ratify
sign-before-not-whole = { $last } of { $name } is not whole here, so that nobody can tell whether { $label } contains it
    .hint = fetch it from the others: accord sync
sign-not-whole = the state of { $name } that is put up as { $label } is not whole on this device
    .hint = fetch it from the others: accord sync
put-up-not-here = the state that is put up is not here yet
    .hint = fetch it from the others: accord sync
put-up-not-shown = the state that is put up cannot be shown here
no-such-version = { $name } has no version { $label }
version-not-here = { $label } of { $name } was ratified, and is not whole here yet
    .hint = fetch it from the others: accord sync
version-not-shown = { $label } of { $name } cannot be shown: { $why }
    .hint = ask both secretariats what they signed; they can ratify the document anew
not-a-version-name = { $version } is not the name of a version
    .hint = versions are called v1, v2 …; the draft is what accord show DOCUMENT shows
propose-not-founded = the programme is not founded yet: one secretariat has not signed
    .hint = see how it stands with: accord status
propose-not-admitted = your organisation is not admitted yet; both secretariats must sign it
propose-no-effect = this would have no effect: { $why }
    .hint = see who takes part and who reads what: accord organisations, accord spaces
rule-already = changes are judged by rule { $number } already
rule-unknown = this version of accord does not know rule { $number }
    .hint = upgrade it first; every other node needs that too
code-taken = another organisation has the code { $code } already
    .hint = people could not tell them apart; it makes a new home with another code
space-without-writers = nobody could write in this space
    .hint = say who writes: --write ORG,ORG (they read it too); and who only reads: --read ORG
observer-only-reads = { $organisation } is an observer, and only reads
    .hint = remove it and admit it as a member to have it write
grant-does-not-write = { $organisation } does not write in this space
grant-no-access = { $organisation } has no access to this space
    .hint = see who reads and writes what: accord spaces
nobody-replaces = the founding names nobody who could replace a lost secretariat
    .hint = without that every decision takes both signatures; found a new programme
decision-still-open = { $number } is still open
    .hint = see whose signature is missing: accord decision { $number }
decision-in-force-already = { $number } is in force already
decision-place-taken = another decision stands in the place of { $number }
    .hint = see which: accord decision { $number }
secretariat-already = { $code } is a secretariat already
only-secretariat-replaced = only a secretariat can be replaced
    .hint = see who takes part: accord organisations
no-organisation = there is no organisation "{ $name }" in the programme
    .hint = there are: { $codes }
organisations-alike = several organisations have the code { $code }
    .hint = name one of them by the beginning of its id: { $ids }
organisation-no-part = { $code } takes no part in the programme now
    .hint = propose to admit it first: accord propose admit { $code }
space-of-membership = the space programme goes with taking part in the programme
    .hint = to end that: accord propose remove ORG; to have an organisation only read: admit it as an observer
private-stays = your private space stays on your own organisation's devices
space-name-taken = there is a space "{ $name }" already
    .hint = people could not tell them apart; choose another name
no-secretariat = { $code } is no secretariat, and signs no decisions
signs-here-already = { $code } signs from this device already
    .hint = run this on the device that is to sign, or name it as accord device list does
signer-revoked = the device { $name } was revoked, for good
    .hint = see which there are: accord device list
signer-uncertified = this device is not certified
    .hint = certify it where the root key is: accord device add LINE
same-root-key = this is the root key by which your organisation signs already
    .hint = name a file that does not exist yet: a new key is made in it

and-more = and { $count } more
ratify-against =
    { $count ->
        [one] { $name } cannot be ratified yet: 1 thing stands against it{ $lines }
       *[other] { $name } cannot be ratified yet: { $count } things stand against it{ $lines }
    }
    .hint = settle these, then try again: accord ratify { $document }
rival-differs = What differs between the two: accord diff { $name } { $one } { $other }
ratify-instead = To put up { $name } as it is now instead: accord ratify { $name }
ratify-document-not-here = The document is not here yet: accord sync fetches it.
ratify-stands-against =
    { $count ->
        [one] 1 thing stands against it, to be settled before:
       *[other] { $count } things stand against it, to be settled before:
    }
ratify-state-not-whole = The state that it freezes is not whole here yet: accord sync fetches it. It cannot be signed here before.
ratify-other-content = Do not sign: its content is other than the changes that it names give. Whoever put { $label } up made it by other means than this program.
ratify-malformed = Do not sign: a change in it is malformed inside, and no device can show it.
ratify-omits = Do not sign: it leaves out changes that { $version } has.
ratify-omits-before = Do not sign: it leaves out changes that the version before has.
ratify-first =
    { $places ->
        [one] It is the first version: 1 place filled, from { $changes }.
       *[other] It is the first version: { $places } places filled, from { $changes }.
    }
ratify-changed =
    { $places ->
        [0] Against { $version }, no place reads otherwise.
        [one] Against { $version }, 1 place changed:
       *[other] Against { $version }, { $places } places changed:
    }
ratify-more = and { $count } more: accord diff { $name } { $version } { $number }
sign-fetch-first = what is signed has to be here: fetch it with accord sync
sign-other-content = refused: the signature would be over other content than the changes that { $label } of { $name } names
    .hint = refuse it: accord refuse { $number } --why TEXT
sign-malformed = refused: a change in { $label } of { $name } is malformed inside, and no device could show it
    .hint = refuse it: accord refuse { $number } --why TEXT
sign-omits = refused: { $label } of { $name } leaves out changes that the version before has
    .hint = refuse it: accord refuse { $number } --why TEXT
choices-same = { $numbers } are about the same: only one of them can come in force, and only if both secretariats sign that one.
choices-signed = { $code } has signed { $number } and can sign no other of them.
choices-follow = { $code } can sign { $number }, as { $other } did: then it is in force. If it signs another one or refuses, none of them is, and both can sign anew.
choices-any = { $code } can sign any one of them, or refuse.
choices-vote-for = { $code } signed { $number }
choices-vote-refused = { $code } refused
dead-replaced = { $how }, which counts no more since a secretariat was replaced: it is not in force.
dead-settled = { $how }, so it is settled: it is not in force.
dead-differ = { $how }, so neither is in force. A signature stands for ever.
dead-constitutions = { $how }, under different constitutions, so it is not in force.
dead-again = It was put up again: accord decision { $number }
dead-later = Later { $number } came in force about it.
or-else = { $first }, or { $second }
dead-agree-alone = If you agree on it after all, put it up again: { $commands }. Then both sign it.
dead-agree = Agree on one, and put it up again: { $commands }. Then both sign that one.
replaced-by = { $number } came in force in its place.
admits-anew = It took part before: this begins anew. Its access to other spaces does not come back by itself, and what was kept apart stays so.
renames-only = Its documents, and who reads and writes them, stay as they are.
gives-read = { $code } receives all documents of the space { $space }.
gives-write = Its later changes there are taken in.
gives-until = This ends if it takes part no more.
takes-read = { $code } receives nothing of the space { $space } from then on. What it has it keeps: that cannot be called back.
takes-write = { $code } goes on to read the space { $space }.
root-new-key = { $code } signs its own affairs with the new key from then on; the old one is worth nothing.
root-keeps =
    { $count ->
        [one] Of what the old key signed about devices, 1 record goes on to count.
       *[other] Of what the old key signed about devices, { $count } records go on to count.
    }
names-secretariat = From then on every decision takes the signature of { $code }, from its device { $device }.
moves-signing = { $code } signs decisions from its device { $device } from then on, and from no other.
drops-secretariat = { $code } takes part no more from then on, and signs nothing. What it signed stays.
moves-guard = Changes are judged by rule { $from } now. A node whose accord does not know the new rule shows no documents until it is upgraded.
moves-guard-unknown = The accord of this node does not know rule { $to }. Upgrade it before you sign.
recovers = { $code } is held to be lost for good: it is decided without its signature, by the other secretariat and the organisations that the founding names for this.
recovers-undoes = These decisions rest on a later signature of it and would end: { $numbers }.
recovers-open-votes =
    { $count ->
        [one] 1 signature of the other secretariat on what is still open would not count any more; it signs anew.
       *[other] { $count } signatures of the other secretariat on what is still open would not count any more; it signs anew.
    }
effect-newer = Upgrade accord to see what it would change.
kept-nothing = Nothing that { $code } wrote is known here: nothing of it counts.
kept-nothing-in = Nothing that { $code } wrote in { $space } is known here: nothing of it counts.
kept-until = What { $code } wrote until this was proposed stays. What it writes later is kept apart, unless somebody built on it before hearing of this.
kept-until-in = What { $code } wrote in { $space } until this was proposed stays. What it writes later is kept apart, unless somebody built on it before hearing of this.

version-malformed = a change in it is malformed inside, and it cannot be shown
version-other-content = its content is not what was signed
version-leaves-out = it leaves out changes that the version before has
version-damaged = it is damaged
no-version-none = there is none yet; put it up with: accord ratify { $name }
no-version-these = there are: { $labels }, and draft

cast-see-signed = accord decision { $number } shows which secretariats have signed
cast-sign-there = sign there, or have this device sign from now on: accord propose signer
cast-put-up-again = put it up again: accord propose again { $number }
cast-see-decision = see how it stands: accord decision { $number }
cast-refuse = refuse it, so that it is settled: accord refuse { $number } --why TEXT
cast-see-open = see it with: accord decisions
give-card = give the line that the organisation prints with accord card, or the code of one that took part before
writes-already = { $organisation } reads and writes in this space already
    .hint = see who reads and writes what: accord spaces
reads-already = { $organisation } reads in this space already
    .hint = see who reads and writes what: accord spaces
secretariat-reads-all = a secretariat reads every space that is shared; that cannot be taken away
see-spaces = see who reads and writes what: accord spaces
certified-by-root = the device has to be certified by the organisation's root key of now
proposal-unfit = this cannot be proposed: { $why }
