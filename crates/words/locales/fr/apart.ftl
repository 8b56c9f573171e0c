# Ses propres modifications qui sont tenues à part, et comment les refaire.

again-newer = a été écrit par une version plus récente du programme
    .hint = mettez le programme à jour, puis refaites-la
again-ground = se trouvait dans ce que quelqu'un d'autre avait fait, et qui ne compte pas non plus
    .hint = écrivez à la main ce qui reste à dire : accord edit DOC
apart-none = rien de ce que vous avez écrit n'est tenu à part
    .hint = ce que d'autres ont écrit et qui ne compte pas : accord status
apart-none-of = rien de ce que vous avez écrit n'est tenu à part dans un document « { $name } »
    .hint = il y en a dans : { $names }
apart-none-open = il ne reste rien à refaire de ce que vous avez écrit dans { $name }
    .hint = ce qui a été refait ou écarté : accord apart --all
apart-which = « { $change } » ne désigne pas une de vos modifications tenues à part dans { $name }
    .hint = voyez-les, chacune avec son numéro : accord apart
apart-malformed = la modification est mal formée, et ne peut être lue
    .hint = écrivez à la main ce qu'elle devait dire
apart-lacks = une modification sur laquelle elle a été faite n'est pas ici
    .hint = récupérez-la auprès des autres : accord sync
apart-no-document = rien ne compte du document où elle a été écrite
    .hint = créez le document à nouveau : accord new TYPE NOM
apart-undecided = attend : { $what }
redo-before = { $change } a déjà été refaite
    .hint = qui a modifié quoi : accord log DOCUMENT
redo-stopped = { $change } n'a pu être refaite ({ $done ->
        [0] rien n'a été écrit
        [one] une l'a été avant elle
       *[other] { $done } l'ont été avant elle
    }) : { $why }
apart-of-device = sur { $device }
apart-of-this = sur cet appareil
apart-does-not-count = Ne compte pas : { $reason }
apart-state-again = A été refaite.
apart-state-dismissed = A été écartée ici : elle n'est plus proposée.
apart-unreadable = Ce qu'elle disait ne peut être montré : { $why }
apart-nothing = elle n'a rien écrit qui puisse être montré
apart-begins = Rien de ce document ne compte ; la refaire le commence à nouveau.
apart-empty = Rien de ce que vous avez écrit n'est tenu à part.
apart-next = accord redo { $name } refait tout, accord redo { $name } CHANGE en refait une ; accord apart { $name } --dismiss CHANGE ne la propose plus
redone = { $change }, refaite :
redone-nothing = { $change } : il n'y avait plus rien à écrire
dismissed = { $change } dans { $name } n'est plus proposée. Elle reste dans le journal, et accord apart --all la montre.
log-again = Refaite : elle était tenue à part sous { $change }
desk-again = Ce que vous avez écrit et qui ne compte pas
desk-again-line = { $name } : { $count ->
        [one] 1 modification
       *[other] { $count } modifications
    } de vous à refaire si vous voulez
redo-moved = autre chose a été écrit depuis à { $path }, par cet appareil même
    .hint = écrivez ce qui doit s'y trouver à présent (accord set), ou ne proposez plus l'ancienne modification (accord apart DOCUMENT --dismiss CHANGE)
redo-two-histories = { $name } a été modifié dans deux histoires d'un même appareil, qui peuvent dire autre chose au même endroit
    .hint = voyez-les avec accord apart { $name }, puis nommez la dernière modification de celles qui doivent rester : accord redo { $name } CHANGE
